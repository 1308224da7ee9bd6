package import Base
internal import GitStore
internal import Glibc

/// The hooks of a repository that people have installed themselves.
package struct RepositoryHooks: OptionSet, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Hooks that git runs after a push; ours need a process of their own only to run these.
    package static let afterPush = RepositoryHooks(rawValue: 1)
    /// Any hook at all.
    package static let any = RepositoryHooks(rawValue: 2)
}

extension Vault {
    /// Which hooks a repository brings itself. Reads a directory, starts nothing.
    package func repositoryHooks(of space: SpaceID) -> RepositoryHooks {
        let directory = "\(repository(for: space).path)/hooks"
        var found: RepositoryHooks = []
        for name in Files.names(in: directory) where access("\(directory)/\(name)", X_OK) == 0 {
            guard !name.hasSuffix(".sample") else { continue }
            found.insert(.any)
            if name == "post-receive" || name == "post-update" { found.insert(.afterPush) }
        }
        return found
    }
}

/// Directories of links to the hook program, for git's core.hooksPath.
///
/// git finds a hook by its name, so the program is linked once per name. The links are in the data directory: no
/// repository is touched, and an update of the program needs no other step.
package struct HookLinks: Sendable {
    private let root: String

    /// Makes or mends the links. Cheap when they are right.
    package init(program: String, in vault: Vault) throws(VaultError) {
        root = "\(vault.dataDirectory)/.docmost-git/hooks"
        let always = ["pre-receive", "proc-receive"]
        for (name, kinds) in [("push", always), ("chained", always + ["post-receive", "post-update"])] {
            try Files.makeDirectory("\(root)/\(name)", mode: vault.options.directoryMode)
            for kind in kinds { try Files.link("\(root)/\(name)/\(kind)", to: program) }
        }
    }

    func directory(chaining hooks: RepositoryHooks) -> String {
        hooks.contains(.afterPush) ? "\(root)/chained" : "\(root)/push"
    }
}
