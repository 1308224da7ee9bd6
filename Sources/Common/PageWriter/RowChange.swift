internal import PageStore
internal import ProseMirror
internal import YDoc

/// What is to become of the row of a closed page, computed for one state of it.
struct RowChange {
    /// What the page holds afterwards.
    let document: Node
    /// What is written; nil when the page holds the target already.
    let body: (columns: PageBody, update: YUpdate)?
    private let row: PageContent

    init(of row: PageContent, to document: Node, body: (columns: PageBody, update: YUpdate)? = nil) {
        self.row = row
        self.document = document
        self.body = body
    }

    /// From here on, a change is computed before the page and its row are locked.
    private static let largeBytes = 256 * 1024

    static func isLarge(_ row: PageContent) -> Bool {
        (row.content?.count ?? 0) + (row.ydoc?.count ?? 0) >= largeBytes
    }

    /// Whether the row is still what the change was computed for.
    func isMade(for other: PageContent) -> Bool {
        row.updatedAt == other.updatedAt && row.ydoc == other.ydoc && row.content == other.content
    }
}
