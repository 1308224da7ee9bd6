import Base
import Directory
import Postgres

/// One worker's connection to Docmost's database: made when first needed, and again after it broke.
final class Database {
    private let url: Secret
    private let schemaCache: SchemaCache
    private var connection: PostgresConnection?
    private var schema: (value: DirectorySchema, validUntil: Deadline)?

    init(url: Secret, schemaCache: SchemaCache) {
        self.url = url
        self.schemaCache = schemaCache
    }

    /// Answers who asks for what, in one round trip.
    func identify(email: String, space: String?, in rule: WorkspaceRule) throws(Refusal) -> Identified {
        do throws(PostgresError) {
            return try attempt(email, space, rule)
        } catch  where error.code == .connectionLost || error.isSchemaMismatch {
            // The server was restarted, or migrated under us: both are over with the next try.
            forget()
        } catch {
            throw unavailable(error)
        }
        do throws(PostgresError) { return try attempt(email, space, rule) } catch { throw unavailable(error) }
    }

    private func attempt(_ email: String, _ space: String?, _ rule: WorkspaceRule) throws(PostgresError) -> Identified {
        let connection = try ready()
        let directory = Directory(connection, schema: try schema(connection))
        return try directory.identify(email: email, space: space, in: rule)
    }

    private func ready() throws(PostgresError) -> PostgresConnection {
        if let connection { return connection }
        let timeouts = PostgresConnection.Timeouts(connectMilliseconds: 3000, statementMilliseconds: 10_000)
        let made = try PostgresConnection(url: url.revealed, timeouts: timeouts)
        connection = made
        return made
    }

    /// Asked again every few minutes: an upgrade may bring a rule, such as enforced single sign-on.
    private func schema(_ connection: PostgresConnection) throws(PostgresError) -> DirectorySchema {
        if let schema, !schema.validUntil.hasPassed { return schema.value }
        let found: DirectorySchema
        if let cached = schemaCache.read() {
            found = cached
        } else {
            found = try DirectorySchema.probe(connection)
            schemaCache.write(found)
        }
        schema = (found, .after(milliseconds: SchemaCache.lifetimeSeconds * 1000))
        return found
    }

    private func forget() {
        schema = nil
        schemaCache.forget()
    }

    private func unavailable(_ error: PostgresError) -> Refusal {
        connection = nil
        forget()
        return .databaseUnavailable(error.description)
    }
}
