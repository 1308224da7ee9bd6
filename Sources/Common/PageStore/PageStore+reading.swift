package import Base
internal import Postgres

extension PageStore {
    /// All rows of a space in the order of the sidebar, trash included.
    package func listing(of space: SpaceID) throws(PageStoreError) -> [PageRow] {
        let features = try features()
        // UNION, not UNION ALL: rows in a circle, which Docmost does not prevent, end the recursion.
        let restricted =
            features.hasRestrictions
            ? """
            WITH RECURSIVE restricted AS (
              SELECT a.page_id AS id FROM page_access a JOIN pages p ON p.id = a.page_id
              WHERE p.space_id = $1 OR a.space_id = $1
              UNION
              SELECT c.id FROM pages c JOIN restricted r ON c.parent_page_id = r.id
            )
            """ : ""
        let sql = """
            \(restricted)
            SELECT id, slug_id, title, icon, parent_page_id, position, created_at, updated_at, deleted_at, creator_id,
                   last_updated_by_id, deleted_by_id, \(features.hasBases ? "is_base" : "false AS is_base"),
                   \(features.hasRestrictions ? "id IN (SELECT id FROM restricted)" : "false") AS restricted
            FROM pages WHERE space_id = $1 ORDER BY position COLLATE "C", id
            """
        return try query(sql, [.id(space)]) { row throws(PostgresError) in try PageRow(row) }
    }

    /// Rows by id, of pages that are in the space. Whether a restriction lies on them is not looked up: `isRestricted` is
    /// false.
    package func rows(of ids: [PageID], in space: SpaceID) throws(PageStoreError) -> [PageRow] {
        let sql = """
            SELECT id, slug_id, title, icon, parent_page_id, position, created_at, updated_at, deleted_at, creator_id,
                   last_updated_by_id, deleted_by_id, \(try features().hasBases ? "is_base" : "false AS is_base"),
                   false AS restricted
            FROM pages WHERE id = ANY($1) AND space_id = $2
            """
        return try query(sql, [.ids(ids), .id(space)]) { row throws(PostgresError) in try PageRow(row) }
    }

    /// What a link to a page needs, and its title; nil for an id without a row.
    package func naming(of page: PageID) throws(PageStoreError) -> (slugID: String, title: String?, updatedAt: Int64)? {
        let sql = "SELECT slug_id, title, updated_at FROM pages WHERE id = $1"
        return try query(sql, [.id(page)]) { row throws(PostgresError) in
            (try row.text("slug_id"), try row.optionalText("title"), try row.time("updated_at"))
        }.first
    }

    /// The bodies of pages of a space, in no particular order; an id without a row there is left out.
    package func contents(of ids: [PageID], in space: SpaceID) throws(PageStoreError) -> [PageContent] {
        let sql = "\(PageContent.selection) WHERE id = ANY($1) AND space_id = $2"
        return try query(sql, [.ids(ids), .id(space)]) { row throws(PostgresError) in try PageContent(row) }
    }

    /// The body of one page; `locked` keeps others from changing the row until the transaction ends.
    package func content(of page: PageID, locked: Bool = false) throws(PageStoreError) -> PageContent? {
        let sql = "\(PageContent.selection) WHERE id = $1\(locked ? " FOR UPDATE" : "")"
        return try query(sql, [.id(page)]) { row throws(PostgresError) in try PageContent(row) }.first
    }

    /// Which of these ids belong to a page of any space, live or in the trash.
    package func existing(_ ids: [PageID]) throws(PageStoreError) -> [PageID: SpaceID] {
        let pairs = try query("SELECT id, space_id FROM pages WHERE id = ANY($1)", [.ids(ids)]) {
            row throws(PostgresError) in
            let page: PageID = try row.id("id")
            let space: SpaceID = try row.id("space_id")
            return (page, space)
        }
        return Dictionary(pairs) { $1 }
    }

    /// Names and addresses by id; ids without a row are left out.
    package func people(_ ids: some Sequence<UserID>) throws(PageStoreError) -> [UserID: Person] {
        let sql = """
            SELECT id, name, email, (deleted_at IS NOT NULL OR deactivated_at IS NOT NULL) AS gone
            FROM users WHERE id = ANY($1)
            """
        let people = try query(sql, [.ids(ids)]) { row throws(PostgresError) in
            let id: UserID = try row.id("id")
            return Person(
                id: id,
                name: try row.optionalText("name"),
                email: try row.text("email"),
                isGone: try row.bool("gone")
            )
        }
        return Dictionary(people.map { ($0.id, $0) }) { $1 }
    }
}

extension PageRow {
    init(_ row: PostgresRow) throws(PostgresError) {
        id = try row.id("id")
        slugID = try row.text("slug_id")
        title = try row.optionalText("title")
        icon = try row.optionalText("icon")
        parent = try row.optionalID("parent_page_id")
        position = try row.optionalText("position")
        createdAt = try row.time("created_at")
        updatedAt = try row.time("updated_at")
        deletedAt = try row.optionalTime("deleted_at")
        creator = try row.optionalID("creator_id")
        lastUpdatedBy = try row.optionalID("last_updated_by_id")
        deletedBy = try row.optionalID("deleted_by_id")
        isBase = try row.bool("is_base")
        isRestricted = try row.bool("restricted")
    }
}

extension PageContent {
    static let selection = """
        SELECT id, space_id, workspace_id, title, updated_at, deleted_at, last_updated_by_id, content, ydoc FROM pages
        """

    init(_ row: PostgresRow) throws(PostgresError) {
        id = try row.id("id")
        space = try row.id("space_id")
        workspace = try row.id("workspace_id")
        title = try row.optionalText("title")
        updatedAt = try row.time("updated_at")
        deletedAt = try row.optionalTime("deleted_at")
        lastUpdatedBy = try row.optionalID("last_updated_by_id")
        content = try row.optionalBytes("content")
        ydoc = try row.optionalBytes("ydoc")
    }
}
