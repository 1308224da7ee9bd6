package import Base
package import GitStore
import Processes
import Reconcile

/// Takes a page out of the history of its space's repository, so that no clone made from now on holds a word of it.
///
/// Its caller holds the space's lock, has just run a cycle, and knows that the page is not in the repository any more.
/// The history is written anew beside the old one and then put in its place in one ref transaction; the base starts a
/// new history, because its old tables name the page. What is no longer reachable is removed at once.
package struct Purge {
    private let repository: Repository
    private let idInFile: ([UInt8]) -> PageID?

    package init(_ repository: Repository, format: any PageFormat) {
        self.repository = repository
        idInFile = { format.id(in: $0) }
    }

    /// - Returns: how many commits were changed; 0 when the history never held the page.
    package func carryOut(_ page: PageID) throws(CycleError) -> Int {
        do throws(GitError) {
            guard let main = repository.resolve(RefNames.main), let base = repository.resolve(RefNames.base) else {
                return 0
            }
            let reader = ObjectReader(repository)
            let stream = try repository.git(
                ["fast-export", "--no-data", "--reencode=no", "--signed-tags=strip", RefNames.main]
            ).output
            let versions = try versions(of: page, in: stream, base: base, reader)
            if try reader.commit(main).tree != tree(of: main, without: versions) {
                throw GitError(.malformed, "the page is still in the repository")
            }
            let (newMain, changed) = try rewrite(stream, without: versions)
            guard try reader.commit(newMain).tree == reader.commit(main).tree else {
                throw GitError(.malformed, "the new history does not end in the same files; nothing was changed")
            }
            try replace(main, base, by: newMain, without: page, reader)
            try removeUnreachable()
            return changed
        } catch {
            throw CycleError(error)
        }
    }

    /// The files that were the page's: those that state its id, and those at its known paths that state none.
    private func versions(
        of page: PageID,
        in stream: [UInt8],
        base: ObjectID,
        _ reader: ObjectReader
    ) throws(GitError) -> Set<HistoryFilter.Version> {
        var paths: Set<[UInt8]> = []
        var blobs: Set<ObjectID> = []
        let shard = PagesTable.path(ofShard: PagesTable.shard(of: page)).text
        let commits = try repository.git(["log", "--format=%H", RefNames.base, "--", shard]).text.split(separator: "\n")
        try reader.objects(commits.map { "\($0):\(shard)" }) { _, object in
            guard let object else { return }
            for entry in PagesTable.decode(object.bytes).entries where entry.id == page {
                for path in [entry.path, entry.file].compactMap({ $0 }) { paths.insert(Array(path.text.utf8)) }
                for blob in [entry.blob, entry.before ?? ""] { if let id = ObjectID(blob) { blobs.insert(id) } }
            }
        }
        let all = HistoryFilter.versions(in: stream).filter { $0.path.suffix(3).elementsEqual(".md".utf8) }
        var ids: [ObjectID: PageID?] = [:]
        let distinct = Array(Set(all.map(\.id)))
        try reader.objects(distinct.map { "\($0)" }) { index, object in
            ids[distinct[index]] = .some(object.flatMap { idInFile($0.bytes) })
        }
        return Set(
            all.filter { version in
                let stated = ids[version.id] ?? nil
                return stated == page || (stated == nil && paths.contains(version.path))
                    || (blobs.contains(version.id) && stated == nil)
            }
        )
    }

    /// The tree of a commit if the versions were taken out of it: the same tree when none is in it.
    private func tree(of commit: ObjectID, without versions: Set<HistoryFilter.Version>) throws(GitError) -> ObjectID? {
        for file in try repository.files(of: commit)
        where versions.contains(HistoryFilter.Version(path: Array(file.path.utf8), id: file.id)) { return nil }
        return try ObjectReader(repository).commit(commit).tree
    }

    private func rewrite(
        _ stream: [UInt8],
        without versions: Set<HistoryFilter.Version>
    ) throws(GitError) -> (main: ObjectID, changed: Int) {
        let ref = "\(Importer.refPrefix)purged"
        let (filtered, changed) = HistoryFilter(ref: ref, versions: versions).apply(to: stream)
        try repository.git(["fast-import", "--quiet", "--force", "--date-format=raw"], input: filtered)
        guard let main = repository.resolve(ref) else { throw GitError(.missing, "git fast-import wrote no history") }
        return (main, changed)
    }

    private func replace(
        _ main: ObjectID,
        _ base: ObjectID,
        by newMain: ObjectID,
        without page: PageID,
        _ reader: ObjectReader
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
        let robot = Signature(
            name: People.robot.name,
            email: People.robot.email,
            seconds: Int(WallClock.milliseconds() / 1000)
        )
        let newBase = try importer.commit(
            parents: [],
            edits: edits,
            author: robot,
            committer: robot,
            message: BaseMessage.text(main: newMain)
        )
        var transaction = RefTransaction()
        let leftovers = try importer.finish()
        transaction.update(RefNames.main, from: main, to: newMain)
        transaction.update(RefNames.base, from: base, to: newBase)
        for ref in leftovers + ["\(Importer.refPrefix)purged"] { transaction.delete(ref) }
        try transaction.commit(in: repository, reason: "docmost-git: purge a page")
    }

    private func removeUnreachable() throws(GitError) {
        try repository.git(["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"])
        try repository.git(["repack", "-q", "-a", "-d", "--write-bitmap-index"])
        try repository.git(["prune", "--expire=now"])
    }
}
