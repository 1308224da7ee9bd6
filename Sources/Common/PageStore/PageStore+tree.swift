package import Base
internal import Postgres

/// A page that is to be made.
package struct NewPage: Sendable {
    package var id: PageID
    package var space: SpaceID
    package var parent: PageID?
    package var title: String
    package var creator: UserID
    package var body: PageBody?

    package init(id: PageID, space: SpaceID, parent: PageID?, title: String, creator: UserID, body: PageBody?) {
        self.id = id
        self.space = space
        self.parent = parent
        self.title = title
        self.creator = creator
        self.body = body
    }
}

/// What a creation found.
package enum Creation: Sendable, Equatable {
    /// The row was made.
    case created
    /// A page with this id was there before, as after a crash between creation and its record: nothing was changed.
    case existed
}

extension PageStore {
    /// Makes a page with the id given, last among its siblings. Doing it again changes nothing.
    package func create(_ page: NewPage) throws(PageStoreError) -> Creation {
        let features = try features()
        return try transaction { () throws(PageStoreError) in
            try lockTree(of: page.space)
            if let space = try existing([page.id])[page.id] {
                guard space == page.space else {
                    throw PageStoreError(.missingPage, "the id \(page.id) belongs to a page of another space")
                }
                return .existed
            }
            if let parent = page.parent { try check(parent: parent, in: page.space) }
            let position = Position.after(try lastPosition(below: page.parent, in: page.space, besides: nil))
            // A slug id that is taken makes no row; another one is tried.
            for _ in 0..<5 where try insert(page, position: position, features) {
                try addWatcher(page.creator, to: page.id, features)
                if let body = page.body { try writeReferences(of: page.id, body.references, features) }
                return .created
            }
            throw PageStoreError(.missingSpace, "the space \(page.space) does not exist")
        }
    }

    private func insert(
        _ page: NewPage,
        position: String,
        _ features: SchemaFeatures
    ) throws(PageStoreError) -> Bool {
        var columns = [
            "id", "slug_id", "title", "position", "parent_page_id", "creator_id", "last_updated_by_id", "content",
            "ydoc",
            "text_content",
        ]
        var values = ["$1", "$3", "$4", "$5", "$6::uuid", "$7", "$7", "$8::jsonb", "$9::bytea", "$10"]
        if features.hasSource {
            columns.append("last_updated_source")
            values.append("'git-sync'")
        }
        let sql = """
            INSERT INTO pages (\(columns.joined(separator: ", ")), space_id, workspace_id, created_at, updated_at)
            SELECT \(values.joined(separator: ", ")), s.id, s.workspace_id, \(nowInMilliseconds), \(nowInMilliseconds)
            FROM spaces s WHERE s.id = $2 ON CONFLICT DO NOTHING
            """
        let parameters: [PostgresValue] = [
            .id(page.id), .id(page.space), .text(SlugID.fresh()), .text(page.title), .text(position), .id(page.parent),
            .id(page.creator), page.body.map { .json($0.content) } ?? .null, page.body.map { .bytes($0.ydoc) } ?? .null,
            .text(page.body?.text),
        ]
        return try query(sql, parameters).affected == 1
    }

    /// Gives a page another title, if it still has the old one.
    ///
    /// - Returns: the row's new time of change.
    @discardableResult
    package func setTitle(
        of page: PageID,
        in space: SpaceID,
        from old: String?,
        to new: String,
        by actor: UserID
    ) throws(PageStoreError) -> Int64 {
        let features = try features()
        return try transaction { () throws(PageStoreError) in
            let row = try lockedPlace(of: page, in: space)
            let known: String? = old
            guard row.title.map({ Array($0.utf8) }) == known.map({ Array($0.utf8) }) else {
                throw PageStoreError(.changedMeanwhile, "the title was changed in the wiki meanwhile")
            }
            let sql = """
                UPDATE pages SET title = $2, last_updated_by_id = $3, \(features.stamps(contributors: "$3"))
                updated_at = \(nowInMilliseconds) WHERE id = $1 RETURNING updated_at
                """
            let times = try query(sql, [.id(page), .text(new), .id(actor)]) { row throws(PostgresError) in
                try row.time("updated_at")
            }
            try addWatcher(actor, to: page, features)
            return times[0]
        }
    }

    /// Moves a page under another parent of its space, last among its siblings; its descendants come along.
    ///
    /// - Parameter old: the parent that the caller decided on; another one is refused.
    /// - Returns: the row's new time of change.
    @discardableResult
    package func move(
        _ page: PageID,
        in space: SpaceID,
        from old: PageID?,
        to parent: PageID?
    ) throws(PageStoreError) -> Int64 {
        let features = try features()
        return try transaction { () throws(PageStoreError) in
            try lockTree(of: space)
            let row = try lockedPlace(of: page, in: space)
            guard row.parent == old else {
                throw PageStoreError(.changedMeanwhile, "the page was moved in the wiki meanwhile")
            }
            if let parent {
                try check(parent: parent, in: space)
                try checkNoCycle(moving: page, under: parent)
            }
            let position = Position.after(try lastPosition(below: parent, in: space, besides: page))
            let source = features.hasSource ? "last_updated_source = 'git-sync'," : ""
            let sql = """
                UPDATE pages SET parent_page_id = $2::uuid, position = $3, \(source) updated_at = \(nowInMilliseconds)
                WHERE id = $1 RETURNING updated_at
                """
            return try query(sql, [.id(page), .id(parent), .text(position)]) { row throws(PostgresError) in
                try row.time("updated_at")
            }[0]
        }
    }

    // MARK: - Parts

    /// Title and parent of a live page, its row locked.
    func lockedPlace(
        of page: PageID,
        in space: SpaceID
    ) throws(PageStoreError) -> (title: String?, parent: PageID?, updatedAt: Int64) {
        let sql = """
            SELECT title, parent_page_id, updated_at FROM pages
            WHERE id = $1 AND space_id = $2 AND deleted_at IS NULL FOR UPDATE
            """
        let found = try query(sql, [.id(page), .id(space)]) { row throws(PostgresError) in
            let parent: PageID? = try row.optionalID("parent_page_id")
            return (title: try row.optionalText("title"), parent: parent, updatedAt: try row.time("updated_at"))
        }
        guard let row = found.first else {
            throw PageStoreError(.missingPage, "the page \(page) is in the trash, gone or in another space")
        }
        return row
    }

    private func check(parent: PageID, in space: SpaceID) throws(PageStoreError) {
        let sql = "SELECT 1 FROM pages WHERE id = $1 AND space_id = $2 AND deleted_at IS NULL FOR SHARE"
        if try query(sql, [.id(parent), .id(space)]).isEmpty {
            throw PageStoreError(.missingParent, "the parent \(parent) is in the trash, gone or in another space")
        }
    }

    /// Walks from the new parent to the root; UNION ends the walk even if the rows already form a circle.
    private func checkNoCycle(moving page: PageID, under parent: PageID) throws(PageStoreError) {
        let sql = """
            WITH RECURSIVE up AS (
              SELECT id, parent_page_id FROM pages WHERE id = $2
              UNION
              SELECT p.id, p.parent_page_id FROM pages p JOIN up u ON p.id = u.parent_page_id
            )
            SELECT 1 FROM up WHERE id = $1
            """
        if try !query(sql, [.id(page), .id(parent)]).isEmpty {
            throw PageStoreError(.cycle, "a page cannot be moved below itself")
        }
    }

    /// The position of the last live sibling.
    private func lastPosition(
        below parent: PageID?,
        in space: SpaceID,
        besides page: PageID?
    ) throws(PageStoreError) -> String? {
        let sql = """
            SELECT position FROM pages WHERE space_id = $1 AND parent_page_id IS NOT DISTINCT FROM $2::uuid
              AND deleted_at IS NULL AND position IS NOT NULL AND ($3::uuid IS NULL OR id <> $3)
            ORDER BY position COLLATE "C" DESC, id DESC LIMIT 1
            """
        return try query(sql, [.id(space), .id(parent), .id(page)]) { row throws(PostgresError) in
            try row.text("position")
        }.first
    }
}

extension SchemaFeatures {
    /// The assignments of an UPDATE that record who changed a page, each with a comma behind it.
    func stamps(contributors people: String...) -> String {
        var text = ""
        if hasContributors {
            // Those who are there keep their order; the new ones follow, each once.
            text += """
                contributor_ids = coalesce(contributor_ids, '{}') || ARRAY(
                  SELECT who FROM unnest(ARRAY[\(people.joined(separator: ", "))]::uuid[]) WITH ORDINALITY AS n(who, rank)
                  WHERE who IS NOT NULL AND who <> ALL(coalesce(contributor_ids, '{}'))
                  GROUP BY who ORDER BY min(rank)),
                """
        }
        if hasSource { text += " last_updated_source = 'git-sync'," }
        if hasChatOrigin { text += " last_updated_ai_chat_id = NULL," }
        return text
    }
}

/// The short public id of a page in its address: ten characters of `0-9A-Za-z`.
enum SlugID {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    static func fresh() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(
            decoding: (0..<10).map { _ in alphabet[Int.random(in: 0..<62, using: &generator)] },
            as: UTF8.self
        )
    }
}
