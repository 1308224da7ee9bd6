package import Base
package import GitStore
internal import Processes
import Synchronization

// The repositories on disk: `<data directory>/<space id>.git`, bare, one per space.
//
// `ensureServable` makes a repository, or takes over the predecessor's, or mends one, and costs nothing once it is
// good. What git's children get beside the repository's own settings comes by environment (`fetchSettings`,
// `pushSettings`), so that the repository stays an ordinary one for everybody else.
// Our own files about a space are in `<space id>.git/docmost-git/`; what concerns all is in `.docmost-git/`.

/// The repositories of all spaces.
package final class Vault: Sendable {
    /// Absolute path, without a slash at its end.
    package let dataDirectory: String
    let options: VaultOptions

    /// Spaces that this process has found good.
    private let servable = Mutex<Set<SpaceID>>([])

    /// - Parameter options: nil = as the data directory's own mode says.
    package init(dataDirectory: String, options: VaultOptions? = nil) {
        var path = dataDirectory[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.dataDirectory = String(path)
        self.options = options ?? VaultOptions(isGroupShared: Files.isGroupShared(String(path)))
    }

    /// The repository of a space, whether it exists or not.
    package func repository(for space: SpaceID) -> Repository {
        Repository(path: "\(dataDirectory)/\(space).git")
    }

    /// Our own files about a space.
    package func stateDirectory(for space: SpaceID) -> String { "\(repository(for: space).path)/docmost-git" }

    /// Makes sure that the space's repository exists and is fit to be served. Thorough once per process.
    ///
    /// Safe to call at any time and from several processes at once: it never changes what a good repository holds.
    @discardableResult
    package func ensureServable(_ space: SpaceID) throws(VaultError) -> Repository {
        let repository = repository(for: space)
        if servable.withLock({ $0.contains(space) }) { return repository }
        let own = "\(dataDirectory)/.docmost-git"
        try Files.makeDirectory(own, mode: options.directoryMode)
        try Files.exclusively("\(own)/\(space).lock") { () throws(VaultError) in
            if !Files.isDirectory(repository.path) { try establish(space) }
            try mend(repository)
            try applySettings(to: repository)
        }
        servable.withLock { _ = $0.insert(space) }
        return repository
    }

    /// Makes the next `ensureServable` thorough again: something about the repository went wrong.
    package func forget(_ space: SpaceID) { servable.withLock { _ = $0.remove(space) } }

    /// Whether the space was exported at least once, so that a clone is worth having. Costs no process.
    package func isExported(_ space: SpaceID) -> Bool {
        let repository = repository(for: space)
        return repository.resolve(RefNames.base) != nil && repository.resolve(RefNames.main) != nil
    }

    /// Waits for the first export of a new space.
    ///
    /// - Returns: false when it has not come by the deadline.
    package func waitUntilExported(_ space: SpaceID, until deadline: Deadline) -> Bool {
        while !isExported(space) {
            guard !deadline.hasPassed else { return false }
            sleep(milliseconds: min(50, deadline.remainingMilliseconds))
        }
        return true
    }

    /// Makes the repository beside its place and renames it, so that nobody ever sees half of one.
    private func establish(_ space: SpaceID) throws(VaultError) {
        let place = repository(for: space)
        let beside = Repository(path: "\(dataDirectory)/.docmost-git/\(space).new")
        try removeTree(beside.path)
        try initialise(beside)
        let predecessor = "\(dataDirectory)/\(space)"
        if Files.isDirectory("\(predecessor)/.git") { try takeOver(predecessor, into: beside) }
        try Files.makeDirectory("\(beside.path)/docmost-git", mode: options.directoryMode)
        try Files.rename(beside.path, to: place.path)
    }

    private func initialise(_ repository: Repository) throws(VaultError) {
        let arguments = [
            "init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1",
            "--shared=\(options.sharing)",
        ]
        do throws(GitError) {
            try repository.git(arguments)
            // The records of pushes have an empty tree, which git must find like any other object.
            try repository.git(["mktree"])
        } catch {
            throw VaultError(error)
        }
    }

    func removeTree(_ path: String) throws(VaultError) {
        guard Files.kind(path) != nil else { return }
        do throws(ProcessError) {
            try runChecked(Command("rm", ["-rf", "--", path]))
        } catch {
            throw VaultError(error.message)
        }
    }
}

/// How repositories are made.
package struct VaultOptions: Hashable, Sendable {
    /// Whether several users of one group work on the repositories; otherwise the group may only read. A data directory
    /// that is setgid and writable by its group (`chmod 2770`) says so.
    package var isGroupShared: Bool

    package init(isGroupShared: Bool = false) { self.isGroupShared = isGroupShared }

    /// git's core.sharedRepository: it sets the modes whatever the umask is.
    var sharing: String { isGroupShared ? "group" : "0640" }

    var directoryMode: UInt32 { isGroupShared ? 0o2770 : 0o750 }
}
