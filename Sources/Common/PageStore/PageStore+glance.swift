package import Base
internal import Postgres

/// A space's fingerprint, and which of its rows were touched since a time.
package struct SpaceGlance: Sendable {
    package var fingerprint: SpaceFingerprint
    /// Pages whose `updated_at` or `deleted_at` is that time or later, live and trashed ones.
    package var touched: [PageID]
}

extension PageStore {
    /// One fingerprint per space that exists, in one query.
    package func fingerprints(of spaces: [SpaceID]) throws(PageStoreError) -> [SpaceID: SpaceFingerprint] {
        let sql = try PageStore.glanceStatement(features(), touched: "NULL")
        let prints = try query(sql, [.ids(spaces)]) { row throws(PostgresError) in
            let space: SpaceID = try row.id("id")
            return (space, try SpaceFingerprint(row))
        }
        return Dictionary(prints) { $1 }
    }

    /// The fingerprint of a space and its rows touched since a time, of one moment; nil for a space that is not there.
    ///
    /// - Parameter since: microseconds since 1970.
    package func glance(at space: SpaceID, since: Int64) throws(PageStoreError) -> SpaceGlance? {
        let touched = "array_agg(id) FILTER (WHERE updated_at >= $2 OR deleted_at >= $2)"
        let sql = try PageStore.glanceStatement(features(), touched: touched)
        return try query(sql, [.ids([space]), .timestamp(since)]) { row throws(PostgresError) in
            SpaceGlance(fingerprint: try SpaceFingerprint(row), touched: try row.ids("touched"))
        }.first
    }

    /// The sum of times is an interval, which PostgreSQL adds up exactly and fast; its parts are whole numbers.
    private static func glanceStatement(_ features: SchemaFeatures, touched: String) -> String {
        let restrictions =
            features.hasRestrictions
            ? """
            LEFT JOIN LATERAL (
              SELECT concat_ws(' ', count(*), max(created_at)) AS print FROM page_access WHERE space_id = s.id
            ) a ON true
            """ : "CROSS JOIN (SELECT '' AS print) a"
        return """
            SELECT s.id, p.live, p.trashed, p.last_trashed, a.print AS restrictions, p.touched,
                   (extract(day FROM p.age) * 24 + extract(hour FROM p.age))::bigint AS hours,
                   (extract(minute FROM p.age) * 60000000 + extract(microseconds FROM p.age))::bigint AS rest
            FROM spaces s
            LEFT JOIN LATERAL (
              SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS live,
                     sum(updated_at - timestamptz '2020-01-01 00:00:00Z') FILTER (WHERE deleted_at IS NULL) AS age,
                     count(deleted_at) AS trashed, max(deleted_at) AS last_trashed, \(touched) AS touched
              FROM pages WHERE space_id = s.id
            ) p ON true
            \(restrictions)
            WHERE s.id = ANY($1)
            """
    }
}

extension SpaceFingerprint {
    /// 2020-01-01T00:00:00Z in microseconds since 1970.
    private static let epoch: Int64 = 1_577_836_800_000_000

    fileprivate init(_ row: PostgresRow) throws(PostgresError) {
        let live = try row.int("live")
        let age = Int128(try row.optionalInt("hours") ?? 0) * 3_600_000_000 + Int128(try row.optionalInt("rest") ?? 0)
        self.init(
            live: live,
            updatedSum: age + Int128(live) * Int128(SpaceFingerprint.epoch),
            trashed: try row.int("trashed"),
            lastTrashed: try row.optionalTimestamp("last_trashed"),
            restrictions: try row.text("restrictions")
        )
    }
}
