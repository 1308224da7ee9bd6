package import Base
package import GitStore
import Processes
import PushProtocol
import Reconcile

/// Takes a page out of the history of its space's repository, so that no clone made from now on holds a word of it.
///
/// Its caller holds the space's lock, has just run a cycle, and removes afterwards what is no longer reachable. The history
/// is written anew beside the old one and then put in its place in one ref transaction; the base starts a new history,
/// because its old tables name the page, and so do the records of pushes, which may name its file.
package struct Purge {
    let repository: Repository
    let reader: ObjectReader
    private let idInFile: ([UInt8]) -> PageID?

    package init(_ repository: Repository, format: any PageFormat) {
        self.repository = repository
        reader = ObjectReader(repository)
        idInFile = { format.id(in: $0) }
    }

    /// What was done.
    package struct Outcome: Sendable {
        /// How many commits of main are not as they were; 0 when its history does not hold the page.
        package var changed = 0
        /// Objects that nothing reaches any more, and that must be gone when unreachable ones are removed.
        package var removed: Set<ObjectID> = []
        /// The old commits that held a file of the page.
        var holders: Set<ObjectID> = []
    }

    package func carryOut(_ page: PageID) throws(CycleError) -> Outcome {
        do throws(GitError) {
            guard let main = repository.resolve(RefNames.main), let base = repository.resolve(RefNames.base) else {
                return Outcome()
            }
            guard try PushJournal(repository).pending().isEmpty else {
                throw GitError(
                    .failed,
                    "pushes wait to be carried into the wiki; opt the space in, and purge after that"
                )
            }
            let others = try otherRefs()
            let versions = try versions(of: page, main: main, base: base, tips: [main] + others.map(\.commit))
            let isKnown = try isInTable(page, of: base)
            guard !versions.isEmpty || isKnown else { return Outcome() }
            var outcome = Outcome()
            var moves = RefTransaction()
            let newMain = try rewrite(main, without: versions, as: "main", &outcome)
            guard try reader.commit(newMain).tree == reader.commit(main).tree else {
                throw GitError(.malformed, "the new history does not end in the same files; nothing was changed")
            }
            moves.update(RefNames.main, from: main, to: newMain)
            for (number, ref) in others.enumerated() {
                let changed = outcome.changed
                let new = try rewrite(ref.commit, without: versions, as: "\(number)", &outcome)
                outcome.changed = changed
                moves.update(ref.name, from: ref.id, to: new)
            }
            // Before anything moves: told of a commit that is still here, the check of pushes does no harm.
            guard PurgedCommits(of: repository).add(outcome.holders) else {
                throw GitError(.failed, "cannot write \(repository.path)/docmost-git/purged; nothing was changed")
            }
            try replaceBase(base, main: newMain, without: page, &moves)
            try replaceRecords(&moves)
            for ref in try repository.refs(under: Importer.refPrefix) { moves.delete(ref.name) }
            try moves.commit(in: repository, reason: "docmost-git: purge a page")
            let kept = Set(try repository.history(of: [newMain]).map(\.id))
            outcome.removed.formUnion(versions.lazy.map(\.id).filter { !kept.contains($0) })
            outcome.removed.insert(base)
            return outcome
        } catch {
            throw CycleError(error)
        }
    }

    /// Looks whether objects are really gone.
    package func checkGone(_ ids: Set<ObjectID>) throws(CycleError) {
        var left = 0
        do throws(GitError) {
            // A reader of its own: an older process may still hold a pack that was removed.
            try ObjectReader(repository).objects(ids.map { "\($0)" }) { _, object in if object != nil { left += 1 } }
        } catch {
            throw CycleError(error)
        }
        guard left > 0 else { return }
        throw CycleError(
            "the history is written anew, but \(left) objects of the old one are still in \(repository.path)/objects: "
                + "look for pack/*.keep, perhaps of a push that is running, and for info/alternates; then purge again"
        )
    }

    /// Refs that are neither main nor the engine's own: what was taken over from the predecessor. A tag becomes its commit.
    private func otherRefs() throws(GitError) -> [(name: String, id: ObjectID, commit: ObjectID)] {
        let ours = [RefNames.main, RefNames.base, RefNames.pushed, RefNames.reconciled]
        let refs = try repository.refs(under: "refs/").filter { ref in
            !ours.contains(ref.name) && !ref.name.hasPrefix(Importer.refPrefix)
        }
        var found: [(name: String, id: ObjectID, commit: ObjectID)] = []
        for ref in refs {
            guard let text = try? repository.git(["rev-parse", "-q", "--verify", "\(ref.id)^{commit}"]).text,
                let commit = ObjectID(text.prefix(40))
            else { continue }
            found.append((ref.name, ref.id, commit))
        }
        return found
    }

    /// The files that were the page's. None of them is in the repository any more.
    private func versions(
        of page: PageID,
        main: ObjectID,
        base: ObjectID,
        tips: [ObjectID]
    ) throws(GitError) -> Set<HistoryFilter.Version> {
        let changes = try repository.history(of: tips)
        let stated = try statedIDs(in: changes)
        var present: Set<HistoryFilter.Version> = []
        let owners = try owners(base)
        for file in try repository.files(of: main) {
            let owner = owners[file.path]
            // A copy of the page's file may state its id, and is another page all the same.
            if owner == page || (owner == nil && stated[file.id] == page) {
                throw GitError(.malformed, "the page is still in the repository, as \(file.path)")
            }
            present.insert(HistoryFilter.Version(path: Array(file.path.utf8), id: file.id))
        }
        var known: Set<HistoryFilter.Version> = []
        var paths: Set<[UInt8]> = []
        for entry in try formerEntries(of: page, base: base) {
            let places = ([entry.path, entry.file].compactMap { $0 } + entry.formerPaths).map { Array($0.text.utf8) }
            paths.formUnion(places)
            for blob in [entry.blob, entry.before ?? ""].compactMap({ ObjectID($0) }) {
                for path in places { known.insert(HistoryFilter.Version(path: path, id: blob)) }
            }
        }
        return PageVersions(changes, present: present) { stated[$0] }.versions(of: page, known: known, paths: paths)
    }

    private func statedIDs(in changes: [TreeChange]) throws(GitError) -> [ObjectID: PageID] {
        let pages = changes.filter { PagePath($0.path).isPage || PagePath($0.oldPath).isPage }
        let blobs = Array(Set(pages.flatMap { [$0.id, $0.oldID] }).filter { !$0.isZero })
        var stated: [ObjectID: PageID] = [:]
        try reader.objects(blobs.map { "\($0)" }) { index, object in
            if let object, object.kind == .blob { stated[blobs[index]] = idInFile(object.bytes) }
        }
        return stated
    }

    /// Writes a history without the versions.
    private func rewrite(
        _ tip: ObjectID,
        without versions: Set<HistoryFilter.Version>,
        as name: String,
        _ outcome: inout Outcome
    ) throws(GitError) -> ObjectID {
        let source = "\(Importer.refPrefix)purging-\(name)"
        let target = "\(Importer.refPrefix)purged-\(name)"
        try repository.git(["update-ref", source, "\(tip)"])
        let stream = try repository.git(
            ["fast-export", "--no-data", "--show-original-ids", "--reencode=no", source]
        ).output
        let (filtered, changed, holders) = HistoryFilter(ref: target, versions: versions).apply(to: stream)
        try repository.git(["fast-import", "--quiet", "--force", "--date-format=raw"], input: filtered)
        guard let new = repository.resolve(target) else {
            throw GitError(.missing, "git fast-import wrote no history")
        }
        outcome.changed = changed
        outcome.holders.formUnion(holders)
        if new != tip { outcome.removed.insert(tip) }
        return new
    }
}
