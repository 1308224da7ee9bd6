internal import Base
internal import GitStore
internal import PageFile
internal import Reconcile

/// What must be true of a new main relative to the tip that is there now. Asked under the lock.
struct LandingRules {
    let repository: Repository
    let limits: PushLimits
    let options: PushOptions
    /// The commit that has passed the static checks.
    let checked: ObjectID?

    struct Verdict {
        var refusal: String?
        /// Page files of the tip that are gone in the new main and were not moved.
        var deletions: [String] = []
    }

    static let moved =
        "main has changed since you fetched; fetch and merge (or: git pull --rebase), then push again"

    func verdict(on command: RefCommand, new: ObjectID, tip: ObjectID?) throws(GitError) -> Verdict {
        guard let tip else {
            return Verdict(refusal: "the space is still being prepared; clone it again in a moment")
        }
        guard try repository.isAncestor(tip, of: new) else {
            return Verdict(refusal: command.old == tip ? Self.rewritten : Self.moved)
        }
        // Main cannot have moved in a way that makes an unchecked push fit; if it has, the client may try again.
        guard checked == new else { return Verdict(refusal: Self.moved) }
        let deletions = try deletedPages(from: tip, to: new)
        guard deletions.count <= limits.deletions || options.allowsDeletions else {
            return Verdict(
                refusal: "it would move \(deletions.count) pages to the trash, more than \(limits.deletions); "
                    + "if that is meant, push again with: -o allow-deletes",
                deletions: deletions
            )
        }
        return Verdict(deletions: deletions)
    }

    private static let rewritten =
        "the history of main cannot be rewritten (no forced push); "
        + "fetch, put your changes on top of origin/main, then push again"

    /// A file whose identity lives on at another path is moved, not deleted, whatever its text is now.
    private func deletedPages(from tip: ObjectID, to new: ObjectID) throws(GitError) -> [String] {
        let changes = try repository.changes(from: tip, to: new)
        let deleted = changes.filter { $0.status == .deleted && PagePath($0.path).isPage }
        guard !deleted.isEmpty else { return [] }
        let added = changes.filter { $0.status == .added && PagePath($0.path).isPage }
        guard !added.isEmpty else { return deleted.map(\.path) }
        let gone = try withoutIDs(deleted, livingIn: added)
        guard gone.count > limits.deletions else { return gone }
        // Only now the costly question: which of them does git recognise by their text?
        let renamed = try repository.changes(from: tip, to: new, renames: true)
        let still = Set(renamed.filter { $0.status == .deleted }.map(\.path))
        return gone.filter(still.contains)
    }

    /// The deleted pages whose id no added page has.
    private func withoutIDs(_ deleted: [TreeChange], livingIn added: [TreeChange]) throws(GitError) -> [String] {
        let reader = ObjectReader(repository)
        var living: Set<PageID> = []
        try reader.objects(added.map { "\($0.id)" }) { _, object in
            if let id = object.flatMap({ try? PageFile($0.bytes) })?.id { living.insert(id) }
        }
        var gone: [String] = []
        try reader.objects(deleted.map { "\($0.oldID)" }) { index, object in
            let id = object.flatMap { try? PageFile($0.bytes) }?.id
            if id.map({ !living.contains($0) }) ?? true { gone.append(deleted[index].path) }
        }
        return gone
    }
}
