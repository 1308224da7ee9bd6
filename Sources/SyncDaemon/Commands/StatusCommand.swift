import ArgumentParser
import Base
import Cycle
import GitStore
import JSON
import Reconcile
import Settings
import SpaceLock
import Vault

/// What each space's sync stands at, read from files and Redis: it takes no lock and disturbs nobody.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows each space: last cycle, what waits and why."
    )
    @OptionGroup var installation: InstallationOptions
    @Flag(help: "One JSON array.") var json = false

    func run() throws {
        let installation = try Operator(self.installation)
        let lock = SpaceLock(store: RedisLeases(installation.redis))
        let states = try installation.spaces().filter(\.isEnabled).map { space in
            SpaceState(space, installation.vault, isBusy: (try? lock.owner(of: space.id)) != nil)
        }
        if json {
            print(JSONValue.array(states.map(\.json)).serialized)
            return
        }
        for state in states { printSafely(state.text) }
        if states.isEmpty { print("no space is opted in (docmost-git-sync spaces enable SLUG)") }
        switch installation.isDaemonListening {
        case true?: break
        case false?: print("the daemon is not at work, nothing is synced: systemctl status docmost-git-sync")
        case nil: print("Redis does not answer, nothing is synced; docmost-git-sync check says why")
        }
        if installation.vault.isFull {
            print("the disk of the repositories is full: \(installation.vault.dataDirectory)")
        }
        if !installation.settings.isEnabled { print("GIT_SYNC_ENABLED is not true: nothing is synced") }
    }
}

/// One space as `status` shows it.
struct SpaceState {
    let space: SpaceRow
    let main: ObjectID?
    let last: LastCycle?
    let memory: CycleMemory
    let isBusy: Bool

    init(_ space: SpaceRow, _ vault: Vault, isBusy: Bool) {
        self.space = space
        self.isBusy = isBusy
        main = vault.repository(for: space.id).resolve(RefNames.main)
        let directory = vault.stateDirectory(for: space.id)
        last = LastCycle(in: directory)
        memory = CycleMemory(readingFrom: CycleMemory.path(in: directory))
    }

    var text: String {
        var lines = [
            "\(space.slug)  \(space.pages) pages  main \(main.map { "\($0)".prefix(10) } ?? "not exported yet")"
        ]
        if isBusy { lines.append("  a cycle or a push is at work now") }
        if let last {
            let age = WallClock.milliseconds() / 1000 - min(last.seconds, WallClock.milliseconds() / 1000)
            lines.append(
                "  last change \(ageText(Int(age))) ago: \(last.outcome == "ran" ? last.summary : last.outcome)"
            )
            lines += last.warnings.map { "  ! \($0)" }
        }
        lines += few(
            memory.failures.values.sorted { $0.path < $1.path }
                .map { "waits: \($0.path): \($0.reason) (tried \($0.tries) times)" }
        )
        lines += few(
            memory.unreadableReasons.sorted { $0.key < $1.key }.map { "not exported: page \($0.key): \($0.value)" }
        )
        return (lines + heldLines).joined(separator: "\n")
    }

    /// A person reads this, perhaps of five thousand pages; `--json` has them all.
    private func few(_ lines: [String]) -> [String] {
        let shown = lines.prefix(20).map { "  \($0)" }
        return lines.count > 20 ? shown + ["  … and \(lines.count - 20) more: status --json has them all"] : shown
    }

    /// Deletions are held for one reason, all together, so that the reason is the news.
    private var heldLines: [String] {
        guard !memory.held.isEmpty else { return [] }
        let reasons = memory.heldDeletions.map { held in
            held.isWikis ? "made in the wiki, files kept: \(held.reason)" : "made in git, pages kept: \(held.reason)"
        }
        let lines = Dictionary(grouping: reasons, by: { $0 }).sorted { $0.key < $1.key }.map { reason, pages in
            "  held: \(pages.count) deletion\(pages.count == 1 ? "" : "s") \(reason)"
        }
        let commands = "`docmost-git-sync deletes list \(space.slug)` shows them, `deletes allow` carries them out"
        return lines + ["    \(commands)"]
    }

    private func ageText(_ seconds: Int) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    var json: JSONValue {
        let failures = memory.failures.values.sorted { $0.path < $1.path }.map { failure -> JSONValue in
            [
                "path": .string("\(failure.path)"), "reason": .string(failure.reason),
                "tries": .number(JSONNumber(failure.tries)),
            ]
        }
        let held = memory.heldDeletions.map { held -> JSONValue in
            [
                "page": .string("\(held.id)"), "path": .string("\(held.path)"), "reason": .string(held.reason),
                "deletedIn": .string(held.side),
            ]
        }
        let unreadable = memory.unreadableReasons.sorted { $0.key < $1.key }.map { page, reason -> JSONValue in
            ["page": .string("\(page)"), "reason": .string(reason)]
        }
        var object: JSONObject = [
            "id": .string("\(space.id)"), "slug": .string(space.slug), "pages": .number(JSONNumber(space.pages)),
            "busy": .bool(isBusy), "pending": .array(failures), "notExported": .array(unreadable),
            "heldDeletions": .array(held),
        ]
        object["main"] = main.map { .string("\($0)") }
        if let last {
            object["lastChange"] = [
                "seconds": .number(JSONNumber(Int(last.seconds))), "outcome": .string(last.outcome),
                "summary": .string(last.summary), "warnings": .array(last.warnings.map { .string($0) }),
            ]
        }
        return .object(object)
    }
}
