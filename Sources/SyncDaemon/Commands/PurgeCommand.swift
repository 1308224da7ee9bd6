import ArgumentParser
import Base
import Cycle
import Glibc
import PageStore
import Reconcile
import Settings
import SpaceLock
import Vault

/// Takes a page out of its repository's history.
struct PurgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Takes a restricted or deleted page out of the repository's history; clones must then be made anew."
    )
    @OptionGroup var installation: InstallationOptions
    @Argument(help: "The page's UUID.") var page: String
    @Option(help: "The space's slug or UUID, for a page that the wiki no longer knows.") var space: String?

    func run() throws {
        let installation = try Operator(self.installation)
        guard let page = PageID(page) else { throw CommandFailure("\(page) is not a UUID") }
        let found = try installation.pages().existing([page])[page]
        let id = try space.map { try installation.space($0).id } ?? found
        guard let id else {
            throw CommandFailure("the wiki knows no page \(page); name its space with --space to purge it all the same")
        }
        if found == id, let row = try installation.pages().listing(of: id).first(where: { $0.id == page }),
            row.isLive, !row.isRestricted
        {
            throw CommandFailure("page \(page) is in the repository: restrict it or move it to the trash first")
        }
        let engine = SpaceEngine(settings: installation.settings)
        let connections = WorkerConnections(settings: installation.settings, redis: engine.redis)
        let changed = try engine.purge(page, of: id, on: connections)
        let predecessor = "\(installation.settings.dataDirectory)/\(id)/.git"
        if access(predecessor, F_OK) == 0 {
            printError("note: gitmost's own repository may hold the page, too, and is left as it is: \(predecessor)")
        }
        print(
            changed == 0
                ? "the history does not hold page \(page); what nothing reaches any more was removed"
                : "\(changed) commits were rewritten; whoever has a clone must clone again, old clones still hold the page"
        )
    }
}
