package import Base
internal import GitStore

// git receives the objects of a push in a directory of their own below `objects`, with a random name, and removes it
// when the push is refused or breaks off (githooks(5), "quarantine"). Killed, it cannot.

extension Vault {
    private static let prefixes = ["tmp_objdir-incoming-", "incoming-"]

    /// Removes the quarantine of a push whose processes are gone; does nothing when git has removed it.
    ///
    /// - Parameter path: what git had said: only its last component is believed.
    package func removeQuarantine(_ path: String, of space: SpaceID) {
        guard let name = path.split(separator: "/").last.map(String.init),
            Self.prefixes.contains(where: name.hasPrefix)
        else { return }
        // What cannot be removed now is found by a later `mend`.
        try? removeTree("\(repository(for: space).path)/objects/\(name)")
    }

    /// Removes quarantines that nobody can be using: left where not only git was killed, but we as well.
    ///
    /// A pack grows as long as its upload goes on, and no check of a received pack is silent for hours.
    func removeOldQuarantines(of repository: Repository, olderThan seconds: Int = 6 * 3600) throws(VaultError) {
        let objects = "\(repository.path)/objects"
        for name in Files.names(in: objects) where Self.prefixes.contains(where: name.hasPrefix) {
            let directory = "\(objects)/\(name)"
            let contents = Files.names(in: "\(directory)/pack").map { "\(directory)/pack/\($0)" }
            let ages = ([directory, "\(directory)/pack"] + contents).compactMap(Files.age)
            if let youngest = ages.min(), youngest >= seconds { try removeTree(directory) }
        }
    }
}
