/// What went wrong between us and PostgreSQL.
package struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: Sendable, Hashable {
        /// `DATABASE_URL` cannot be read.
        case invalidURL
        /// No connection could be made.
        case cannotConnect
        /// The connection broke while a statement ran: whether it took effect is not known.
        case connectionLost
        /// No answer in time. The connection is closed, so the server rolls back what was open.
        case timedOut
        /// The server refused the statement; `sqlState` says why.
        case refused
        /// A value cannot be sent, or a column does not hold what the caller expects.
        case mismatch
    }

    package let code: Code
    package let message: String
    /// The five characters of SQL's SQLSTATE, if the server sent one.
    package let sqlState: String?

    package init(_ code: Code, _ message: String, sqlState: String? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    package var description: String {
        sqlState.map { "PostgreSQL: \(message) [\($0)]" } ?? "PostgreSQL: \(message)"
    }

    /// Whether a statement met the other side of a race: serialization failure, deadlock, lock time-out.
    package var isContention: Bool { ["40001", "40P01", "55P03"].contains(sqlState) }

    /// Whether the statement named a table, column or function that is not there: the schema may have moved on.
    package var isSchemaMismatch: Bool { ["42P01", "42703", "42883"].contains(sqlState) }
}
