import ArgumentParser
import Base
import Cycle
import Reconcile
import SpaceLock
import Vault

/// Deletions that wait for a person's word.
struct DeletesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deletes",
        abstract: "Lists deletions that are held, and allows them.",
        subcommands: [List.self, Allow.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the deletions of a space that are held.")
        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The space's slug or UUID.") var space: String

        func run() throws {
            let installation = try Operator(self.installation)
            let space = try installation.space(space)
            let memory = CycleMemory(
                readingFrom: CycleMemory.path(in: installation.vault.stateDirectory(for: space.id))
            )
            for held in memory.heldDeletions {
                printSafely("\(held.id)  \(held.path)  deleted in \(held.isWikis ? "the wiki" : "git"): \(held.reason)")
            }
            if memory.held.isEmpty { print("no deletion of \(space.slug) is held") }
        }
    }

    struct Allow: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Carries out the deletions that are held now, and no others that may come."
        )
        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The space's slug or UUID.") var space: String

        func run() throws {
            let installation = try Operator(self.installation)
            let space = try installation.space(space)
            let path = CycleMemory.path(in: installation.vault.stateDirectory(for: space.id))
            let lock = SpaceLock(store: RedisLeases(installation.redis))
            // The daemon writes the same file at the end of a cycle, under the same lock.
            let outcome = lock.withSpaceLock(space.id, wait: LockWait(milliseconds: 30_000)) { _ -> Int? in
                var memory = CycleMemory(readingFrom: path)
                memory.allowed.formUnion(memory.held.keys)
                return memory.write(to: path) ? memory.held.count : nil
            }
            guard let count = try outcome.get(space.slug) else { throw CommandFailure("cannot write \(path)") }
            guard count > 0 else { return print("no deletion of \(space.slug) is held") }
            print("\(count) deletion\(count == 1 ? "" : "s") of \(space.slug) allowed; the next cycle carries them out")
        }
    }
}
