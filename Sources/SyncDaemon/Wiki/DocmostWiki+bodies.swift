import Base
import Cycle
import PageStore
import PageWriter
import ProseMirror
import Reconcile
import YDoc

extension DocmostWiki {
    /// A row that PostgreSQL cannot read, as on a damaged disk, makes it refuse the whole statement: the others are then
    /// asked for without it.
    func bodies(of ids: [PageID], in space: SpaceID) throws(WikiError) -> [WikiBody] {
        do throws(PageStoreError) {
            return try pages.contents(of: ids, in: space).map { WikiBody($0) }
        } catch {
            if ids.count > 1, error.isRefusal || error.isTooMuch {
                let half = ids.count / 2
                return try bodies(of: Array(ids[..<half]), in: space) + bodies(of: Array(ids[half...]), in: space)
            }
            guard error.isRefusal, let id = ids.first else { throw wikiError(error) }
            let row = try asking { () throws(PageStoreError) in try pages.naming(of: id) }
            return row.map { row in
                [WikiBody(id: id, updated: row.updatedAt, document: nil, problem: "its row cannot be read: \(error)")]
            } ?? []
        }
    }
}

extension WikiBody {
    /// The body as the row holds it.
    init(_ content: PageContent) {
        var document: Node?
        var problem: String?
        do {
            document = try content.content.map { try Node(parsing: $0) } ?? Node("doc", content: [Node("paragraph")])
        } catch {
            problem = "its content cannot be read: \(error)"
        }
        let ydoc = content.ydoc
        self.init(id: content.id, updated: content.updatedAt, document: document, problem: problem) { mark in
            guard let ydoc else { return true }
            guard let state = try? YDoc(decoding: ydoc) else { return true }
            return state.contains(client: mark.client, clock: Int(clamping: mark.clock))
        }
    }

    /// The body at the moment of a write.
    init(_ page: PageID, _ current: CurrentBody) {
        let state = current.state
        self.init(id: page, updated: current.updatedAt, document: current.document) { mark in
            state.contains(client: mark.client, clock: Int(clamping: mark.clock))
        }
    }
}
