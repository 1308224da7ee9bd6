internal import Base
package import Postgres

/// Docmost's page rows: everything the product reads and writes in PostgreSQL about pages.
///
/// Each change is one transaction that locks the row, compares it with what the caller decided on, and writes what
/// Docmost itself would have written, built from the columns that this installation has. Confined to its thread, like
/// its connection. Reading is in `PageStore+reading.swift`, the tree in `PageStore+tree.swift`, bodies in
/// `PageStore+body.swift`, page history in `PageStore+history.swift`.
package final class PageStore {
    package let connection: PostgresConnection
    private var known: SchemaFeatures?

    package init(_ connection: PostgresConnection) { self.connection = connection }

    /// What this installation offers; looked up once, and again after a statement met an unknown column.
    package func features() throws(PageStoreError) -> SchemaFeatures {
        if let known { return known }
        let read = try SchemaFeatures.read(connection)
        known = read
        return read
    }

    /// Runs a transaction that may use several of this store's operations; they join it.
    @discardableResult
    package func transaction<Value>(_ body: () throws(PageStoreError) -> Value) throws(PageStoreError) -> Value {
        try connection.transaction(mapping: { self.wrapped($0) }, body)
    }

    /// Runs one statement; its errors are this module's.
    @discardableResult
    func query(_ sql: String, _ parameters: [PostgresValue] = []) throws(PageStoreError) -> PostgresRows {
        do { return try connection.query(sql, parameters) } catch { throw wrapped(error) }
    }

    /// Runs one statement and reads each row.
    func query<Value>(
        _ sql: String,
        _ parameters: [PostgresValue],
        _ read: (PostgresRow) throws(PostgresError) -> Value
    ) throws(PageStoreError) -> [Value] {
        do { return try connection.query(sql, parameters).map(read) } catch { throw wrapped(error) }
    }

    /// A migration may have run under us: the next statement looks at the catalog again.
    private func wrapped(_ error: PostgresError) -> PageStoreError {
        if error.isSchemaMismatch { known = nil }
        return PageStoreError(error)
    }

    /// Orders changes of one space's tree. The number is the fork's, so that it and we wait for one another.
    func lockTree(of space: SpaceID) throws(PageStoreError) {
        try query("SELECT pg_advisory_xact_lock(1885431653, hashtext($1))", [.text(space.description)])
    }
}

/// Docmost keeps times of edits in milliseconds and pages through them by that value.
let nowInMilliseconds = "date_trunc('milliseconds', clock_timestamp())"
