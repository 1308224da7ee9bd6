package import Base
internal import Postgres

/// A space's fingerprint, and which of its rows were touched since a time.
package struct SpaceGlance: Sendable {
    package var fingerprint: SpaceFingerprint
    /// Live pages whose `updated_at`, and trashed ones whose `deleted_at`, is that time or later.
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
        let touched = """
            ARRAY(SELECT id FROM pages WHERE space_id = s.id AND deleted_at IS NULL AND updated_at >= $2)
            || ARRAY(SELECT id FROM pages WHERE space_id = s.id AND deleted_at IS NOT NULL AND deleted_at >= $2)
            """
        let sql = try PageStore.glanceStatement(features(), touched: touched)
        return try query(sql, [.ids([space]), .timestamp(since)]) { row throws(PostgresError) in
            SpaceGlance(fingerprint: try SpaceFingerprint(row), touched: try row.ids("touched"))
        }.first
    }

    /// Live rows and the trash are asked separately, and for nothing but their time, so that Docmost's two indexes of
    /// space and time answer alone: no page of the table is read.
    private static func glanceStatement(_ features: SchemaFeatures, touched: String) -> String {
        // The sum tells one set of pages from another where the newest time cannot.
        let restrictions =
            features.hasRestrictions
            ? """
            CROSS JOIN LATERAL (
              SELECT concat_ws(' ', count(*), max(created_at), sum(uuid_hash(page_id)::bigint)) AS print
              FROM page_access WHERE space_id = s.id
            ) a
            """ : "CROSS JOIN (SELECT '' AS print) a"
        return """
            SELECT s.id, p.live, p.updated::text, t.trashed, t.last_trashed, a.print AS restrictions, \(touched) AS touched
            FROM spaces s
            CROSS JOIN LATERAL (
              SELECT count(*) AS live, coalesce(sum(\(RowTime.microseconds("updated_at"))), 0) AS updated
              FROM pages WHERE space_id = s.id AND deleted_at IS NULL
            ) p
            CROSS JOIN LATERAL (
              SELECT count(*) AS trashed, max(deleted_at) AS last_trashed
              FROM pages WHERE space_id = s.id AND deleted_at IS NOT NULL
            ) t
            \(restrictions)
            WHERE s.id = ANY($1)
            """
    }
}

extension SpaceFingerprint {
    fileprivate init(_ row: PostgresRow) throws(PostgresError) {
        guard let sum = Int128(try row.text("updated")) else {
            throw PostgresError(.mismatch, "the sum of times is no whole number")
        }
        self.init(
            live: try row.int("live"),
            updatedSum: sum,
            trashed: try row.int("trashed"),
            lastTrashed: try row.optionalTime("last_trashed"),
            restrictions: try row.text("restrictions")
        )
    }
}
