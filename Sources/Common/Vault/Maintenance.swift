package import Base
internal import GitStore

/// When a repository is repacked, and how long unreachable objects are kept.
package struct MaintenanceThresholds: Hashable, Sendable {
    package var looseObjects: Int
    package var packs: Int
    /// For git's `--expire`: what a running transfer may still need.
    package var grace: String
    /// Seconds between two repacks: objects that nothing reaches stay until their grace has passed, however often
    /// one packs.
    package var interval: Int

    package init(looseObjects: Int = 2_000, packs: Int = 40, grace: String = "2.hours.ago", interval: Int = 600) {
        self.looseObjects = looseObjects
        self.packs = packs
        self.grace = grace
        self.interval = interval
    }
}

extension Vault {
    /// Whether the repository has grown enough loose ends to be repacked. Reads two directories, starts nothing.
    package func needsMaintenance(
        _ space: SpaceID,
        thresholds: MaintenanceThresholds = MaintenanceThresholds()
    ) -> Bool {
        guard (Files.age(stamp(of: space)) ?? .max) >= thresholds.interval else { return false }
        let objects = "\(repository(for: space).path)/objects"
        // Object names are digests: one of the 256 directories speaks for all, as in git's own estimate.
        let sample = Files.names(in: "\(objects)/17").count
        return sample * 256 > thresholds.looseObjects || packs(of: space).sizes.count > thresholds.packs
    }

    /// Packs what has come since the last time. Call it while the space is held.
    ///
    /// Usually the small packs are rolled up into one, which costs as little as they are. When they have become a
    /// good part of the whole, everything is packed anew: one pack with bitmaps, the commit-graph with changed paths,
    /// and what nothing reaches is dropped once it is old enough.
    ///
    /// - Returns: false when the thresholds were not passed.
    @discardableResult
    package func maintain(
        _ space: SpaceID,
        thresholds: MaintenanceThresholds = MaintenanceThresholds(),
        force: Bool = false
    ) throws(VaultError) -> Bool {
        guard force || needsMaintenance(space, thresholds: thresholds) else { return false }
        let repository = repository(for: space)
        removeStaleLocks(of: space)
        do throws(GitError) {
            if force || isWorthPackingAnew(space) {
                try packAnew(repository, grace: thresholds.grace)
            } else {
                try repository.git(["repack", "-q", "-d", "--geometric=2"])
            }
            try repository.git(["commit-graph", "write", "--reachable", "--changed-paths"])
            try repository.git(["pack-refs", "--all"])
        } catch {
            throw VaultError(error)
        }
        try Files.replace(stamp(of: space), with: "")
        return true
    }

    /// Its age is the time since the last repack.
    private func stamp(of space: SpaceID) -> String { "\(stateDirectory(for: space))/maintained" }

    private func packAnew(_ repository: Repository, grace: String) throws(GitError) {
        let flags = ["-q", "-A", "-d", "--write-bitmap-index", "--unpack-unreachable=\(grace)"]
        try repository.git(["repack"] + flags)
        try repository.git(["prune", "--expire=\(grace)"])
    }

    /// Without bitmaps, or with a third as much in small packs as in the large one, a clone is noticeably slower.
    private func isWorthPackingAnew(_ space: SpaceID) -> Bool {
        let packs = packs(of: space)
        let largest = packs.sizes.max() ?? 0
        return !packs.hasBitmap || (packs.sizes.reduce(0, +) - largest) * 3 > largest
    }

    private func packs(of space: SpaceID) -> (sizes: [Int], hasBitmap: Bool) {
        let directory = "\(repository(for: space).path)/objects/pack"
        let names = Files.names(in: directory)
        let sizes = names.filter { $0.hasSuffix(".pack") }.map { Files.size("\(directory)/\($0)") ?? 0 }
        return (sizes, names.contains { $0.hasSuffix(".bitmap") })
    }
}
