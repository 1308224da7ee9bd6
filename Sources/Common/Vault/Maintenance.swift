package import Base
internal import GitStore

/// When a repository is repacked, and how long unreachable objects are kept.
package struct MaintenanceThresholds: Hashable, Sendable {
    package var looseObjects: Int
    package var packs: Int
    /// For git's `--expire`: what a running transfer may still need.
    package var grace: String

    package init(looseObjects: Int = 2_000, packs: Int = 20, grace: String = "2.hours.ago") {
        self.looseObjects = looseObjects
        self.packs = packs
        self.grace = grace
    }
}

extension Vault {
    /// Whether the repository has grown enough loose ends to be repacked. Reads two directories, starts nothing.
    package func needsMaintenance(
        _ space: SpaceID,
        thresholds: MaintenanceThresholds = MaintenanceThresholds()
    ) -> Bool {
        let objects = "\(repository(for: space).path)/objects"
        // Object names are digests: one of the 256 directories speaks for all, as in git's own estimate.
        let sample = Files.names(in: "\(objects)/17").count
        let packs = Files.names(in: "\(objects)/pack").filter { $0.hasSuffix(".pack") }.count
        return sample * 256 > thresholds.looseObjects || packs > thresholds.packs
    }

    /// Packs everything into one pack with bitmaps, writes the commit-graph with changed paths, and drops what nothing
    /// reaches once it is old enough. Call it while the space is held.
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
            try repository.git([
                "repack", "-q", "-A", "-d", "--write-bitmap-index", "--unpack-unreachable=\(thresholds.grace)",
            ])
            try repository.git(["prune", "--expire=\(thresholds.grace)"])
            try repository.git(["commit-graph", "write", "--reachable", "--changed-paths"])
            try repository.git(["pack-refs", "--all"])
        } catch {
            throw VaultError(error)
        }
        return true
    }
}
