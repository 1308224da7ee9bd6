internal import Base
internal import CPostgres
internal import Glibc

/// One connection to Docmost's database, confined to the thread that uses it.
///
/// Start with `query`. Statements are prepared on first use and kept; every wait has a deadline. A broken connection
/// is made again before the next statement, never in the middle of a transaction. Not `Sendable` on purpose: a second
/// thread makes its own.
package final class PostgresConnection {
    /// How long the parts of a conversation may take.
    package struct Timeouts: Sendable {
        package var connectMilliseconds: Int
        package var statementMilliseconds: Int

        package init(connectMilliseconds: Int = 5000, statementMilliseconds: Int = 30_000) {
            self.connectMilliseconds = connectMilliseconds
            self.statementMilliseconds = statementMilliseconds
        }
    }

    private let url: PostgresURL
    private let timeouts: Timeouts
    private let applicationName: String
    private var handle: OpaquePointer?
    /// Names of prepared statements by their text and parameter types; they live as long as the connection.
    private var prepared: [PreparedKey: String] = [:]
    private var transactionDepth = 0

    private struct PreparedKey: Hashable {
        let sql: String
        let types: [UInt32]
    }

    /// More statements than this on one connection are built by mistake from data; the cache is then dropped.
    private static let preparedLimit = 500

    /// Connects at once, so that a wrong setting is seen early.
    package init(
        url: String,
        applicationName: String = "docmost-git",
        timeouts: Timeouts = Timeouts()
    ) throws(PostgresError) {
        self.url = try PostgresURL(url)
        self.timeouts = timeouts
        self.applicationName = applicationName
        handle = try connect()
    }

    deinit { if let handle { PQfinish(handle) } }

    package var isInTransaction: Bool { transactionDepth > 0 }

    /// Runs one statement and returns its rows. `$1`, `$2`… stand for the parameters.
    @discardableResult
    package func query(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) -> PostgresRows {
        let handle = try readyHandle()
        let deadline = answerDeadline
        let types = parameters.map(\.type)
        let statement = url.isPooled ? nil : try prepare(sql, types, on: handle, until: deadline)
        let message = try Message(parameters)
        let sent = message.withPointers { values, lengths, formats in
            guard let statement else {
                return PQsendQueryParams(
                    handle,
                    sql,
                    Int32(parameters.count),
                    types,
                    values,
                    lengths,
                    formats,
                    1
                )
            }
            return PQsendQueryPrepared(handle, statement, Int32(parameters.count), values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost() }
        return PostgresRows(try answer(on: handle, until: deadline))
    }

    /// Runs the body in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Inside another transaction the body simply joins it.
    @discardableResult
    package func transaction<Value>(_ body: () throws(PostgresError) -> Value) throws(PostgresError) -> Value {
        try transaction(mapping: { $0 }, body)
    }

    /// The same for a body that throws its module's own error; `mapping` wraps ours in it.
    @discardableResult
    package func transaction<Value, Failure: Error>(
        mapping: (PostgresError) -> Failure,
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        if isInTransaction { return try body() }
        do { try query("BEGIN") } catch { throw mapping(error) }
        transactionDepth = 1
        defer { transactionDepth = 0 }
        let value: Value
        do {
            value = try body()
        } catch {
            rollBack()
            throw error
        }
        do { try commit() } catch {
            rollBack()
            throw mapping(error)
        }
        return value
    }

    /// Ends the connection; the next statement makes a new one.
    package func close() {
        if let handle { PQfinish(handle) }
        handle = nil
        prepared = [:]
    }

    // MARK: - Parts

    private var answerDeadline: Deadline { .after(milliseconds: timeouts.statementMilliseconds + 2000) }

    /// COMMIT of a failed transaction is a silent ROLLBACK, so a body that swallowed a refusal is found out here.
    private func commit() throws(PostgresError) {
        if let handle, PQtransactionStatus(handle) == PQTRANS_INERROR {
            throw PostgresError(.refused, "a statement of the transaction failed", sqlState: "25P02")
        }
        try query("COMMIT")
    }

    /// A roll-back that fails ends the connection, and the server then rolls back by itself.
    private func rollBack() {
        do { if handle != nil { try query("ROLLBACK") } } catch { close() }
    }

    private func prepare(
        _ sql: String,
        _ types: [UInt32],
        on handle: OpaquePointer,
        until deadline: Deadline
    ) throws(PostgresError) -> String {
        let key = PreparedKey(sql: sql, types: types)
        if let name = prepared[key] { return name }
        if prepared.count >= Self.preparedLimit {
            guard PQsendQuery(handle, "DEALLOCATE ALL") == 1 else { throw lost() }
            _ = try answer(on: handle, until: deadline)
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        guard PQsendPrepare(handle, name, sql, Int32(types.count), types) == 1 else { throw lost() }
        _ = try answer(on: handle, until: deadline)
        prepared[key] = name
        return name
    }

    /// A connection that works as far as can be seen without asking the server.
    private func readyHandle() throws(PostgresError) -> OpaquePointer {
        if let handle {
            // An idle connection that has something to say was usually closed by the server: first its reason is
            // read, then the end.
            for _ in 0..<4 where Self.hasInput(handle) { _ = PQconsumeInput(handle) }
            if PQstatus(handle) == CONNECTION_OK { return handle }
            close()
        }
        if isInTransaction { throw PostgresError(.connectionLost, "the connection was lost inside a transaction") }
        let made = try connect()
        handle = made
        return made
    }

    private static func hasInput(_ handle: OpaquePointer) -> Bool {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    private func lost() -> PostgresError {
        let message = handle.map { oneLine(PQerrorMessage($0)) } ?? "no connection"
        close()
        return PostgresError(.connectionLost, message)
    }

    /// The last result of what was sent; the first refusal wins.
    private func answer(on handle: OpaquePointer, until deadline: Deadline) throws(PostgresError) -> PostgresResult {
        var last: PostgresResult?
        var refusal: PostgresError?
        while true {
            while PQisBusy(handle) == 1 {
                guard waitForInput(handle, until: deadline) else { throw abandoned() }
                guard PQconsumeInput(handle) == 1 else { throw lost() }
            }
            guard let pointer = PQgetResult(handle) else { break }
            let result = PostgresResult(owning: pointer)
            switch result.status {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: last = result
            case PGRES_FATAL_ERROR where PQstatus(handle) == CONNECTION_BAD:
                let error = result.refusal
                close()
                throw PostgresError(.connectionLost, error.message, sqlState: error.sqlState)
            default: refusal = refusal ?? result.refusal
            }
        }
        if let refusal { throw refusal }
        guard let last else { throw lost() }
        return last
    }

    private func abandoned() -> PostgresError {
        close()
        return PostgresError(.timedOut, "no answer within \(timeouts.statementMilliseconds + 2000) ms")
    }
}

extension PostgresConnection {
    private func connect() throws(PostgresError) -> OpaquePointer {
        var url = url
        url.add("connect_timeout", String(max(2, (timeouts.connectMilliseconds + 999) / 1000)))
        url.add("fallback_application_name", applicationName)
        url.add("client_encoding", "UTF8")
        url.add("keepalives_idle", "30")
        url.add("keepalives_interval", "10")
        url.add("keepalives_count", "3")
        url.add("tcp_user_timeout", String(timeouts.statementMilliseconds))
        if !url.isPooled {
            // A crashed or stalled process must not hold row locks for long. The planner overrates our recursive
            // queries; compiling them costs some 200 ms, running them a few.
            let limits =
                "-c jit=off -c statement_timeout=\(timeouts.statementMilliseconds) "
                + "-c idle_in_transaction_session_timeout=\(2 * timeouts.statementMilliseconds)"
            url.add("options", limits)
        }
        let handle = withCStrings(url.keywords.map(\.name)) { names in
            withCStrings(url.keywords.map(\.value)) { values in PQconnectdbParams(names, values, 0) }
        }
        guard let handle else { throw PostgresError(.cannotConnect, "out of memory") }
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = oneLine(PQerrorMessage(handle))
            PQfinish(handle)
            throw PostgresError(.cannotConnect, message)
        }
        return handle
    }
}

/// Waits until the server has said something, or its deadline passes.
private func waitForInput(_ handle: OpaquePointer, until deadline: Deadline) -> Bool {
    while !deadline.hasPassed {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        if poll(&descriptor, 1, deadline.pollTimeout) > 0 { return true }
    }
    return false
}

/// The first line of a message of libpq.
private func oneLine(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "unknown failure" }
    return String(cString: message).split { $0 == "\n" || $0 == "\t" }.joined(separator: "; ")
}
