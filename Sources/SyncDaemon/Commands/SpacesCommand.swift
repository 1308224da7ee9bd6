import ArgumentParser
import Base
import GitStore
import Glibc
import JSON
import PageStore
import Postgres
import Processes
import Settings
import Vault

/// Lists spaces, switches them, and removes the repository of a space that is switched off or gone.
struct SpacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spaces",
        abstract: "Lists spaces, opts them in and out, removes repositories.",
        subcommands: [List.self, Enable.self, Disable.self, Purge.self],
        defaultSubcommand: List.self
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists every space and whether it is opted in.")
        @OptionGroup var installation: InstallationOptions
        @Flag(help: "One JSON array.") var json = false

        func run() throws {
            let `operator` = try Operator(installation)
            let spaces = try `operator`.spaces()
            if json {
                let list = spaces.map { space -> JSONValue in
                    [
                        "id": .string("\(space.id)"), "slug": .string(space.slug), "name": .string(space.name),
                        "enabled": .bool(space.isEnabled), "pages": .number(JSONNumber(space.pages)),
                    ]
                }
                print(JSONValue.array(list).serialized)
                return
            }
            let width = spaces.map(\.slug.count).max() ?? 0
            for space in spaces {
                let slug = terminalText(space.slug).padding(to: width)
                let name = terminalText(space.name)
                print("\(space.isEnabled ? "on " : "off")  \(slug)  \(space.id)  \(space.pages) pages  \(name)")
            }
            if spaces.isEmpty { print("no spaces") }
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Opts a space in.")
        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The space's slug or UUID.") var space: String

        func run() throws {
            let `operator` = try Operator(installation)
            let row = try `operator`.space(space)
            try `operator`.setEnabled(true, row)
            let seconds = max(1, `operator`.settings.pollIntervalMilliseconds / 1000)
            print("\(row.slug) is opted in; its first export follows within \(seconds) s")
            try warnOfObstacles(row, `operator`)
        }

        /// What would keep the space from being synced, said now and not found out by waiting.
        private func warnOfObstacles(_ row: SpaceRow, _ operator: Operator) throws {
            let settings = `operator`.settings
            if !settings.isEnabled { printError("warning: GIT_SYNC_ENABLED is not true: nothing is synced yet") }
            if `operator`.isDaemonListening != true {
                printError("warning: docmost-git-sync run is not at work: systemctl start docmost-git-sync")
            }
            guard let user = settings.serviceUser else {
                return printError("warning: GIT_SYNC_SERVICE_USER_ID is not set: the wiki is not written")
            }
            if try !isWriter(user, in: row.id, on: `operator`.postgres()) {
                printError("warning: the service user is no writer of \(row.slug): add it in the space's members")
            }
        }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Opts a space out; its repository stays.")
        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The space's slug or UUID.") var space: String

        func run() throws {
            let `operator` = try Operator(installation)
            let row = try `operator`.space(space)
            try `operator`.setEnabled(false, row)
            print("\(row.slug) is opted out; `docmost-git-sync spaces purge \(row.slug)` removes its repository")
        }
    }

    struct Purge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes the repository of a space that is opted out, or of one that no longer exists (by UUID)."
        )
        @OptionGroup var installation: InstallationOptions
        @Argument(help: "The space's slug or UUID.") var space: String

        func run() throws {
            let `operator` = try Operator(installation)
            let row = try `operator`.find(space)
            if let row, row.isEnabled {
                throw CommandFailure("\(row.slug) is opted in: `docmost-git-sync spaces disable \(row.slug)` first")
            }
            guard let id = row?.id ?? SpaceID(space) else { throw CommandFailure("there is no space \(space)") }
            let path = `operator`.vault.repository(for: id).path
            guard access(path, F_OK) == 0 else { throw CommandFailure("there is no repository at \(path)") }
            // Away under another name first: a clone that starts now finds nothing instead of half a repository.
            let grave = "\(path).purged-\(getpid())"
            guard rename(path, grave) == 0 else {
                throw CommandFailure("cannot remove \(path): \(String(cString: strerror(errno)))")
            }
            try runChecked(Command("rm", ["-rf", "--", grave]))
            print("removed \(path)")
        }
    }
}

extension Operator {
    /// Merges the switch into the space's settings; sibling keys stay.
    func setEnabled(_ enabled: Bool, _ space: SpaceRow) throws {
        guard try pages().features().hasSpaceSettings else {
            throw CommandFailure("this Docmost is too old: its spaces have no settings (needed since v0.25.3)")
        }
        let kept = "CASE WHEN jsonb_typeof(settings->'gitSync') = 'object' THEN settings->'gitSync' ELSE '{}' END"
        let rows = try postgres().query(
            """
            UPDATE spaces SET settings = coalesce(nullif(settings, 'null'), '{}')
              || jsonb_build_object('gitSync', \(kept) || jsonb_build_object('enabled', $2::boolean))
            WHERE id = $1 AND coalesce(jsonb_typeof(settings), 'null') IN ('object', 'null')
            """,
            [.id(space.id), .bool(enabled)]
        )
        guard rows.affected == 1 else {
            throw CommandFailure(
                "the column spaces.settings of \(space.slug) (\(space.id)) holds no JSON object; "
                    + "mend it, if there is nothing to keep with UPDATE spaces SET settings = '{}' WHERE id = '\(space.id)'"
            )
        }
    }
}

extension String {
    /// The text followed by blanks up to `width` characters.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
