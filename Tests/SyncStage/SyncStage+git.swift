package import Base
internal import Cycle
package import GitStore
internal import Processes
internal import ProseMirror
internal import PushProtocol
package import Reconcile

// Git's side of a stage: files, pushes, and the table of identities as it is on disk.
extension SyncStage {
    package var main: ObjectID? { repository.resolve("refs/heads/main") }

    /// The files of main, as text.
    package func files() throws -> [String: String] {
        guard let main else { return [:] }
        let entries = try repository.files(of: main)
        var files: [String: String] = [:]
        try ObjectReader(repository).objects(entries.map { "\($0.id)" }) { index, object in
            files[entries[index].path] = String(decoding: object?.bytes ?? [], as: UTF8.self)
        }
        return files
    }

    package func paths() throws -> [String] {
        guard let main else { return [] }
        return try repository.files(of: main).map(\.path)
    }

    /// The paragraphs of a file of main.
    package func lines(_ path: String) throws -> [String]? {
        try files()[path].map { try lines(ofFile: $0, at: path) }
    }

    package func lines(ofFile text: String, at path: String) throws -> [String] {
        let document = try format.document(in: Array(text.utf8), links: PageLinks(path: PagePath(path)))
        return document.children.map { $0.children.compactMap(\.text).joined() }.filter { !$0.isEmpty }
    }

    package func log() throws -> [String] {
        try repository.git(["log", "--format=%an|%s", "main"]).text.split(separator: "\n").map(String.init)
    }

    /// The base's table as it is on disk.
    package func table() throws -> PagesTable {
        var table = PagesTable()
        guard let base = repository.resolve("refs/docmost/wiki") else { return table }
        let reader = ObjectReader(repository)
        for entry in try repository.files(of: base, in: PagesTable.folder) {
            for page in PagesTable.decode(try reader.blob(entry.id)).entries { table[page.id] = page }
        }
        return table
    }

    /// Commits edits and pushes them, as the person would through the git host.
    ///
    /// - Parameter recorded: without a record main moves as by hand on the server's disk.
    package func push(
        _ edits: [Importer.Edit],
        by user: UserID? = nil,
        allowing paths: [String] = [],
        recorded: Bool = true
    ) throws {
        let old = main
        let importer = try Importer(repository)
        let who = Signature(name: "Person", email: "p@example.org", seconds: Int(clock / 1000))
        let new = try importer.commit(
            parents: old.map { [$0] } ?? [],
            edits: edits,
            author: who,
            committer: who,
            message: "work\n"
        )
        let leftovers = try importer.finish()
        var transaction = RefTransaction()
        if recorded {
            let journal = PushJournal(repository)
            let record = PushRecord(
                push: .fresh(),
                user: user ?? ada,
                name: "Person",
                email: "p@example.org",
                time: clock,
                old: old,
                new: new,
                allowedDeletions: paths
            )
            let newest = journal.newest
            let commit = try journal.write(record, on: newest)
            transaction = journal.moves(for: record, commit: commit, on: newest)
        } else {
            transaction.update("refs/heads/main", from: old, to: new)
        }
        for ref in leftovers { transaction.delete(ref) }
        try transaction.commit(in: repository, reason: "push")
    }

    package func push(
        _ files: [String: String],
        deleting: [String] = [],
        by user: UserID? = nil,
        allowing: [String] = []
    ) throws {
        let deletions = deleting.map { Importer.Edit.delete(path: $0) }
        let writes = files.sorted { $0.key < $1.key }.map {
            Importer.Edit.write(path: $0.key, bytes: Array($0.value.utf8))
        }
        try push(deletions + writes, by: user, allowing: allowing)
    }
}
