internal import Base
import GitStore
import Reconcile

extension SpaceView {
    /// Reads the base and its table; a table that cannot be read is put together again by `TableRebuild`.
    ///
    /// - Returns: what could not be read.
    mutating func loadBase(_ repository: Repository, reader: ObjectReader) throws(GitError) -> [TableError] {
        baseTip = repository.resolve(RefNames.base)
        table = PagesTable()
        baseFiles = [:]
        baseOwners = [:]
        agreedMain = nil
        guard let baseTip else { return [] }
        agreedMain = BaseMessage.main(in: try reader.commit(baseTip).message)
        var errors: [TableError] = []
        for file in try repository.files(of: baseTip) where file.path.hasPrefix("\(PagesTable.folder)/") {
            let (entries, problems) = PagesTable.decode(try reader.blob(file.id))
            for entry in entries { table[entry.id] = entry }
            errors += problems
        }
        for entry in table.entries.values where entry.state != .trashed && !entry.blob.isEmpty {
            guard entry.state == .live else { continue }
            baseFiles[entry.id] = BaseFile(path: entry.path, blob: entry.blob)
            baseOwners[entry.path] = entry.id
        }
        table.clearChanged()
        return errors
    }
}

/// The message of the base's commits.
enum BaseMessage {
    static func text(main: ObjectID?) -> String {
        "What the wiki and main agree on\n\n" + (main.map { "Main: \($0)\n" } ?? "")
    }

    static func main(in message: String) -> ObjectID? {
        for line in message.split(separator: "\n") where line.hasPrefix("Main: ") { return ObjectID(line.dropFirst(6)) }
        return nil
    }
}

/// Puts the table together again from a tree: ids in frontmatter first, then titles.
struct TableRebuild {
    let wiki: WikiMap
    let names: Names
    let idInFile: (PagePath, String) -> PageID?

    /// Adds entries for files that the table does not know.
    func complete(_ table: inout PagesTable, from files: [PagePath: String], byTitle: Bool) {
        var unknown: [PagePath] = []
        for (path, blob) in files.sorted(by: { $0.key < $1.key }) where table.page(at: path) == nil {
            if let id = idInFile(path, blob), let row = wiki[id], table[id] == nil {
                table[id] = entry(row, path, blob)
            } else {
                unknown.append(path)
            }
        }
        if byTitle {
            // Shallow first, so that a folder's page is known when its children are looked for.
            for path in unknown.sorted(by: { ($0.folders.count, $0) < ($1.folders.count, $1) }) {
                if let row = rowNamed(path, in: table) { table[row.id] = entry(row, path, files[path] ?? "") }
            }
        }
        let known = table
        for entry in known.entries.values where entry.state == .live {
            var entry = entry
            entry.under = known.parent(of: entry.path, id: entry.id)
            table[entry.id] = entry
        }
    }

    private func entry(_ row: WikiRow, _ path: PagePath, _ blob: String) -> PageEntry {
        var entry = PageEntry(id: row.id, path: path, blob: blob, title: row.title, parent: row.parent, slug: row.slug)
        if row.deleted != nil { entry.state = .trashed }
        return entry
    }

    private func rowNamed(_ path: PagePath, in table: PagesTable) -> WikiRow? {
        let parent = table.parent(of: path, id: nil)
        let rows = wiki.visibleIDs.filter { id in
            guard table[id] == nil, wiki.visibleParent(of: id) == parent, let row = wiki[id] else { return false }
            return names.isName(path.stem, of: row.title, slug: row.slug, id: row.id.description)
        }
        return rows.count == 1 ? rows.first.flatMap { wiki[$0] } : nil
    }
}
