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
        var transaction = RefTransaction()
        if let tip {
            transaction.update(RefNames.main, from: view.main.tip, to: tip)
            // Should the transaction fail, this view is thrown away.
            view.main.commit(tip, writing: writtenFiles, removing: removedPaths)
        }
        let base = hasBase ? try baseCommit(main: view.main.tip) : nil
        if let base { transaction.update(RefNames.base, from: view.baseTip, to: base) }
        if let reconciled { PushJournal(cycle.repository).markReconciled(reconciled, in: &transaction) }
        try carryOut(&transaction, reason: "docmost-git: sync")
        takeBase(base, main: view.main.tip)
        try step(.afterPublishing)
    }

    /// Publishes the table alone: ids that are given away before their rows are made.
    func publishBase(main: ObjectID?) throws(CycleError) {
        let base = try baseCommit(main: main)
        var transaction = RefTransaction()
        transaction.update(RefNames.base, from: view.baseTip, to: base)
        try carryOut(&transaction, reason: "docmost-git: reserve ids")
        takeBase(base, main: main)
    }

    /// Makes durable what was written, and moves the refs.
    private func carryOut(_ transaction: inout RefTransaction, reason: String) throws(CycleError) {
        let leftovers = try git { () throws(GitError) in try importer?.finish() ?? [] }
        importer = nil
        for ref in leftovers { transaction.delete(ref) }
        do throws(GitError) {
            try transaction.commit(in: cycle.repository, reason: reason)
        } catch {
            throw CycleError(error)
        }
    }

    private func takeBase(_ base: ObjectID?, main: ObjectID?) {
        guard let base else { return }
        view.baseTip = base
        view.hasAgreedFolder = true
        view.agreedMain = main
        view.openPages.formUnion(view.table.changed)
        view.table.clearChanged()
    }

    /// The base's next commit: the agreed files and the shards of the table that changed.
    private func baseCommit(main: ObjectID?) throws(CycleError) -> ObjectID {
        var edits: [Importer.Edit] = view.hasAgreedFolder ? [] : [.deleteAll]
        edits += try agreedFiles()
        let changed = view.hasAgreedFolder ? view.table.changed : Set(view.table.entries.keys)
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

    /// Main's tree, and what is agreed on where that is something else: a large folder is not written twice.
    private func agreedFiles() throws(CycleError) -> [Importer.Edit] {
        let folder = SpaceView.agreedFolder
        var edits: [Importer.Edit] = [.delete(path: folder)]
        if let tip = view.main.tip {
            let tree = try git { () throws(GitError) in
                if let newTree, newTree.commit == tip { return newTree.tree }
                if let tree = try importer?.tree(of: tip) { return tree }
                return try reader.commit(tip).tree
            }
            if tree != .emptyTree { edits = [.folder(path: folder, tree: tree)] }
        }
        for (path, blob) in view.agreedDifferences().sorted(by: { $0.key < $1.key }) {
            let path = "\(folder)/\(path.text)"
            guard let blob else {
                edits.append(.delete(path: path))
                continue
            }
            if let id = ObjectID(blob) { edits.append(.link(path: path, id: id, mode: TreeEntry.file)) }
        }
        return edits
    }
}
