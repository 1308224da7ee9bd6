package import Base
internal import GitStore

extension Vault {
    /// Removes what no ref of the repository reaches any more, at once. Call it while the space is held.
    ///
    /// Not by `git prune --expire=now`, which would take the half received pack of a push away, too: everything that is
    /// reachable is in one pack first, so that what lies loose then is not.
    package func removeUnreachable(of space: SpaceID) throws(VaultError) {
        let repository = repository(for: space)
        let objects = "\(repository.path)/objects"
        // Left by a push that was killed: such a pack would stay as it is. One of a running push is younger.
        for name in Files.names(in: "\(objects)/pack") where name.hasSuffix(".keep") {
            let keep = "\(objects)/pack/\(name)"
            if let age = Files.age(keep), age >= 3600 { Files.remove(keep) }
        }
        // They name commits that are about to go.
        Files.remove("\(objects)/info/commit-graph")
        for name in Files.names(in: "\(objects)/info/commit-graphs") {
            Files.remove("\(objects)/info/commit-graphs/\(name)")
        }
        do throws(GitError) {
            try repository.git(["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"])
            try repository.git(["repack", "-q", "-a", "-d", "--write-bitmap-index"])
            try repository.git(["prune-packed", "-q"])
            for folder in Files.names(in: objects) where folder.utf8.count == 2 {
                for name in Files.names(in: "\(objects)/\(folder)") { Files.remove("\(objects)/\(folder)/\(name)") }
            }
            try repository.git(["prune", "--expire=2.hours.ago"])
            try repository.git(["commit-graph", "write", "--reachable", "--changed-paths"])
        } catch {
            throw VaultError(error)
        }
    }
}
