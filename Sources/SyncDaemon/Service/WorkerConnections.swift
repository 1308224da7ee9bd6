import Base
import Collab
import PageStore
import PageWriter
import Postgres
import Redis
import Settings

/// What one thread of the daemon owns: its connection to the database and what speaks over it.
///
/// Made when first needed, and made again until that succeeds; a connection that breaks later mends itself.
final class WorkerConnections {
    private let settings: Settings
    private let redis: RedisPool
    private var open: PostgresConnection?
    private var openWriter: PageWriter?
    private let settleSeconds: Int

    /// - Parameter settleSeconds: how long Redis must be up before a page without a lock is known to be closed.
    init(settings: Settings, redis: RedisPool, settleSeconds: Int = 15) {
        self.settings = settings
        self.redis = redis
        self.settleSeconds = settleSeconds
    }

    func postgres() throws(PostgresError) -> PostgresConnection {
        if let open { return open }
        let made = try PostgresConnection(url: settings.databaseURL.revealed)
        open = made
        return made
    }

    /// Writes bodies; its connection to Redis is this thread's own.
    func writer() throws -> PageWriter {
        if let openWriter { return openWriter }
        var collabSettings = CollabSettings(secret: settings.appSecret)
        collabSettings.settleSeconds = settleSeconds
        let collab = try Collab(redisURL: settings.redisURL.revealed, settings: collabSettings)
        let made = PageWriter(store: try pages(), collab: collab)
        openWriter = made
        return made
    }

    func pages() throws(PostgresError) -> PageStore { PageStore(try postgres()) }

    /// The spaces that are opted in; there is no fallback to all spaces.
    func optedIn() throws -> Set<SpaceID> {
        let rows = try postgres().query(
            "SELECT id FROM spaces WHERE deleted_at IS NULL AND settings->'gitSync'->>'enabled' = 'true'"
        )
        return Set(try rows.map { (row) throws(PostgresError) in try row.id("id") as SpaceID })
    }

    /// Whether one space is opted in now.
    func isOptedIn(_ space: SpaceID) throws -> Bool {
        let rows = try postgres().query(
            "SELECT 1 FROM spaces WHERE id = $1 AND deleted_at IS NULL AND settings->'gitSync'->>'enabled' = 'true'",
            [.id(space)]
        )
        return !rows.isEmpty
    }
}
