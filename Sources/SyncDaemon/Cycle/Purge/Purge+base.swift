import Base
import GitStore
import Processes
import PushProtocol
import Reconcile

extension Purge {
    /// The page's lines in all tables that the base's history still has.
    func formerEntries(of page: PageID, base: ObjectID) throws(GitError) -> [PageEntry] {
        let shard = PagesTable.path(ofShard: PagesTable.shard(of: page)).text
        let commits = try repository.git(["log", "--format=%H", "\(base)", "--", shard]).text.split(separator: "\n")
        var entries: [PageEntry] = []
        try reader.objects(commits.map { "\($0):\(shard)" }) { _, object in
            guard let object else { return }
            entries += PagesTable.decode(object.bytes).entries.filter { $0.id == page }
        }
        return entries
    }

    func isInTable(_ page: PageID, of base: ObjectID) throws(GitError) -> Bool {
        try !formerEntries(of: page, base: base).isEmpty
    }

    /// Which page each file on main is.
    func owners(_ base: ObjectID) throws(GitError) -> [String: PageID] {
        var owners: [String: PageID] = [:]
        for file in try repository.files(of: base) where file.path.hasPrefix("\(PagesTable.folder)/") {
            for entry in PagesTable.decode(try reader.blob(file.id)).entries where entry.state == .live {
                owners[entry.current.text] = entry.id
            }
        }
        return owners
    }

    /// Starts the base anew, with a table that does not know the page.
    func replaceBase(
        _ base: ObjectID,
        main: ObjectID,
        without page: PageID,
        _ moves: inout RefTransaction
    ) throws(GitError) {
        let shard = PagesTable.path(ofShard: PagesTable.shard(of: page)).text
        var edits: [Importer.Edit] = []
        for file in try repository.files(of: base) {
            guard file.path == shard else {
                edits.append(.link(path: file.path, id: file.id, mode: file.mode))
                continue
            }
            let entries = PagesTable.decode(try reader.blob(file.id)).entries.filter { $0.id != page }
            if !entries.isEmpty { edits.append(.write(path: shard, bytes: PagesTable.encode(entries))) }
        }
        let importer = try Importer(repository)
        let seconds = Int(WallClock.milliseconds() / 1000)
        let robot = Signature(name: People.robot.name, email: People.robot.email, seconds: seconds)
        let new = try importer.commit(
            parents: [],
            edits: edits,
            author: robot,
            committer: robot,
            message: BaseMessage.text(main: main)
        )
        _ = try importer.finish()
        moves.update(RefNames.base, from: base, to: new)
    }

    /// Keeps of the records of pushes only the newest, and of that only who pushed and when: they name files whose deletion
    /// was confirmed. All of them are in the wiki.
    func replaceRecords(_ moves: inout RefTransaction) throws(GitError) {
        let journal = PushJournal(repository)
        guard let newest = journal.newest, newest == repository.resolve(RefNames.reconciled),
            var record = PushRecord(message: Array(try reader.commit(newest).message.utf8), commit: newest)
        else { return }
        record.old = nil
        record.options = []
        record.allowedDeletions = []
        let new = try journal.write(record, on: nil)
        moves.update(RefNames.pushed, from: newest, to: new)
        moves.update(RefNames.reconciled, from: newest, to: new)
    }
}
