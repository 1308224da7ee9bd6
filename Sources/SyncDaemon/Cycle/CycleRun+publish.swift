import Base
import GitStore
import PushProtocol
import Reconcile

extension CycleRun {
    /// Moves main, the base and the mark of reconciled pushes together.
    ///
    /// Main is listed first: git renames one ref after the other, and a kill in between must leave the older base.
    func publish(_ edits: [PageEdit]) throws(CycleError) {
        let tip = try commit(edits)
        let hasBase = !view.table.changed.isEmpty || view.baseTip == nil
        guard tip != nil || hasBase || reconciled != nil else { return }
        try step(.beforePublishing)
        let main = tip ?? view.main.tip
        let base = hasBase ? try baseCommit(main: main) : nil
        let leftovers = try git { () throws(GitError) in try importer?.finish() ?? [] }
        importer = nil
        var transaction = RefTransaction()
        if let tip { transaction.update(RefNames.main, from: view.main.tip, to: tip) }
        if let base { transaction.update(RefNames.base, from: view.baseTip, to: base) }
        if let reconciled { PushJournal(cycle.repository).markReconciled(reconciled, in: &transaction) }
        for ref in leftovers { transaction.delete(ref) }
        try git { () throws(GitError) in try transaction.commit(in: cycle.repository, reason: "docmost-git: sync") }
        if let tip { view.main.commit(tip, writing: writtenFiles, removing: removedPaths) }
        takeBase(base, main: main)
        try step(.afterPublishing)
    }

    /// Publishes the table alone: ids that are given away before their rows are made.
    func publishBase(main: ObjectID?) throws(CycleError) {
        let base = try baseCommit(main: main)
        let leftovers = try git { () throws(GitError) in try importer?.finish() ?? [] }
        importer = nil
        var transaction = RefTransaction()
        transaction.update(RefNames.base, from: view.baseTip, to: base)
        for ref in leftovers { transaction.delete(ref) }
        try git { () throws(GitError) in
            try transaction.commit(in: cycle.repository, reason: "docmost-git: reserve ids")
        }
        takeBase(base, main: main)
    }

    private func takeBase(_ base: ObjectID?, main: ObjectID?) {
        guard let base else { return }
        for id in view.table.changed {
            let file = baseFile(of: id)
            if let old = view.baseFiles[id], view.baseOwners[old.path] == id { view.baseOwners[old.path] = nil }
            view.baseFiles[id] = file
            if let file { view.baseOwners[file.path] = id }
        }
        view.baseTip = base
        view.agreedMain = main
        view.openPages.formUnion(view.table.changed)
        view.table.clearChanged()
    }

    private func baseFile(of id: PageID) -> SpaceView.BaseFile? {
        guard let entry = view.table[id], entry.state == .live, !entry.blob.isEmpty else { return nil }
        return SpaceView.BaseFile(path: entry.path, blob: entry.blob)
    }

    /// The base's next commit: the agreed files and the shards of the table that changed.
    private func baseCommit(main: ObjectID?) throws(CycleError) -> ObjectID {
        var edits: [Importer.Edit] = []
        let changed = view.table.changed.sorted()
        let files = changed.compactMap { id in baseFile(of: id).map { (id, $0) } }
        let taken = Set(files.map(\.1.path))
        for id in changed {
            guard let old = view.baseFiles[id], view.baseOwners[old.path] == id, !taken.contains(old.path) else {
                continue
            }
            edits.append(.delete(path: old.path.text))
        }
        for (id, file) in files where view.baseFiles[id] != file || view.baseOwners[file.path] != id {
            guard let blob = ObjectID(file.blob) else { continue }
            edits.append(.link(path: file.path.text, id: blob, mode: TreeEntry.file))
        }
        let shards = view.table.shards(Set(changed.map(PagesTable.shard(of:))))
        for (shard, bytes) in shards.sorted(by: { $0.key < $1.key }) {
            let path = PagesTable.path(ofShard: shard).text
            edits.append(bytes.isEmpty ? .delete(path: path) : .write(path: path, bytes: bytes))
        }
        let robot = Signature(name: People.robot.name, email: People.robot.email, seconds: Int(now / 1000))
        return try git { () throws(GitError) in
            try openImporter().commit(
                parents: view.baseTip.map { [$0] } ?? [],
                edits: edits,
                author: robot,
                committer: robot,
                message: BaseMessage.text(main: main)
            )
        }
    }
}
