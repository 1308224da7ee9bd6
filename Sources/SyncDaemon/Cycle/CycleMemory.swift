package import Base
internal import Glibc
internal import JSON
package import Reconcile

/// What a space's cycles remember besides the refs: failures with their back-off, held deletions, allowances.
///
/// Kept in `<space uuid>.git/docmost-git/state.json`. All of it can be lost: failures are then tried again at once,
/// and deletions are held again.
package struct CycleMemory: Sendable, Equatable {
    /// A page or file that could not be synced.
    package struct Failure: Sendable, Equatable {
        package var path: PagePath
        package var page: PageID?
        /// The file that was tried; another one is tried at once.
        package var blob: String
        package var reason: String
        /// Who pushed it.
        package var actor: UserID?
        package var tries = 1
        /// Milliseconds since 1970 of the next attempt; nil when only another file or row can help.
        package var next: UInt64?

        /// Whether its time has come. A time that lies further ahead than any pause was written under a clock that was
        /// wrong.
        func isDue(at now: UInt64) -> Bool { next.map { $0 <= now || $0 > now + Self.longestPause } ?? false }

        static let longestPause: UInt64 = 3_600_000
    }

    /// By path of the file on main.
    package var failures: [PagePath: Failure] = [:]
    /// Rows that could not be exported, with the `updated_at` that failed.
    package var unreadable: [PageID: Int64] = [:]
    package var unreadableReasons: [PageID: String] = [:]
    package var held: [PageID: String] = [:]
    package var heldPaths: [PageID: PagePath] = [:]
    /// Those of the held deletions that were made in the wiki.
    package var heldOfWiki: Set<PageID> = []
    /// Deletions that a person has allowed and that have not been carried out.
    package var allowed: Set<PageID> = []
    /// Writes that only a live document has, with the time (ms) they were made.
    package var unstored: [PageID: UInt64] = [:]

    package init() {}

    /// Whether something waits whose time has come.
    package func isDue(at now: UInt64) -> Bool {
        failures.values.contains { $0.isDue(at: now) } || !allowed.isDisjoint(with: held.keys)
            || unstored.keys.contains { !mayBeStoredYet($0, at: now) }
    }

    /// Whether a server may still hold, and store, what was written to an open page.
    func mayBeStoredYet(_ page: PageID, at now: UInt64) -> Bool {
        unstored[page].map { $0 <= now && now < $0 + Self.storeTime } ?? false
    }

    /// The deletions that wait, of both sides.
    package var heldDeletions: [Held] {
        held.sorted { $0.key < $1.key }.map { id, reason in
            Held(id: id, path: heldPaths[id] ?? PagePath(""), reason: reason, isWikis: heldOfWiki.contains(id))
        }
    }

    mutating func hold(_ deletion: Held) {
        held[deletion.id] = deletion.reason
        heldPaths[deletion.id] = deletion.path
        if deletion.isWikis { heldOfWiki.insert(deletion.id) } else { heldOfWiki.remove(deletion.id) }
    }

    mutating func release(_ page: PageID) {
        held[page] = nil
        heldPaths[page] = nil
        heldOfWiki.remove(page)
    }

    /// How long a Docmost server may keep an edit in memory: its debounce is at most 45 s.
    static let storeTime: UInt64 = 60_000

    package static func path(in stateDirectory: String) -> String { "\(stateDirectory)/state.json" }

    /// Reads the file; what is missing or unreadable is empty memory.
    package init(readingFrom path: String) {
        guard let bytes = fileBytes(path, limit: 64 << 20), let value = try? JSONValue(parsing: bytes) else { return }
        for item in value["failures"]?.array ?? [] {
            guard let path = item["path"]?.string else { continue }
            var failure = Failure(
                path: PagePath(path),
                page: item["page"]?.string.flatMap { PageID($0) },
                blob: item["blob"]?.string ?? "",
                reason: item["reason"]?.string ?? ""
            )
            failure.actor = item["actor"]?.string.flatMap { UserID($0) }
            // The pause before the next attempt is worked out from it.
            failure.tries = min(max(1, item["tries"]?.int ?? 1), 1_000_000)
            failure.next = item["next"]?.int.map { UInt64(max(0, $0)) }
            failures[failure.path] = failure
        }
        for item in value["unreadable"]?.array ?? [] {
            guard let id = item["page"]?.string.flatMap({ PageID($0) }) else { continue }
            unreadable[id] = Int64(item["updated_at"]?.int ?? 0)
            unreadableReasons[id] = item["reason"]?.string ?? ""
        }
        for item in value["held"]?.array ?? [] {
            guard let id = item["page"]?.string.flatMap({ PageID($0) }) else { continue }
            held[id] = item["reason"]?.string ?? ""
            heldPaths[id] = item["path"]?.string.map { PagePath($0) }
            if item["deleted_in"]?.string == "wiki" { heldOfWiki.insert(id) }
        }
        allowed = Set((value["allowed"]?.array ?? []).compactMap { $0.string.flatMap { PageID($0) } })
        for item in value["unstored"]?.array ?? [] {
            guard let id = item["page"]?.string.flatMap({ PageID($0) }) else { continue }
            unstored[id] = UInt64(max(0, item["since"]?.int ?? 0))
        }
    }

    /// The file's bytes.
    package var bytes: [UInt8] {
        let failures = failures.values.sorted { $0.path < $1.path }.map(Self.json)
        let unreadable = unreadable.sorted { $0.key < $1.key }.map { id, updated -> JSONValue in
            [
                "page": .string(id.description), "updated_at": .number(JSONNumber(Int(updated))),
                "reason": .string(unreadableReasons[id] ?? ""),
            ]
        }
        let held = heldDeletions.map { held -> JSONValue in
            [
                "page": .string(held.id.description), "path": .string(held.path.text), "reason": .string(held.reason),
                "deleted_in": .string(held.side),
            ]
        }
        let unstored = unstored.sorted { $0.key < $1.key }.map { id, since -> JSONValue in
            ["page": .string(id.description), "since": .number(JSONNumber(Int(since)))]
        }
        let value: JSONValue = [
            "failures": .array(failures), "unreadable": .array(unreadable), "held": .array(held),
            "allowed": .array(allowed.sorted().map { .string($0.description) }), "unstored": .array(unstored),
        ]
        return value.bytes(.pretty)
    }

    private static func json(_ failure: Failure) -> JSONValue {
        var object: JSONObject = [
            "path": .string(failure.path.text), "blob": .string(failure.blob), "reason": .string(failure.reason),
            "tries": .number(JSONNumber(failure.tries)),
        ]
        object["page"] = failure.page.map { .string($0.description) }
        object["actor"] = failure.actor.map { .string($0.description) }
        object["next"] = failure.next.map { .number(JSONNumber(Int($0))) }
        return .object(object)
    }

    /// Replaces the file in one step, so that a crash leaves the old or the new one.
    package func write(to path: String) -> Bool {
        let temporary = "\(path).new"
        guard let file = fopen(temporary, "w") else { return false }
        let bytes = bytes
        let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
        guard fclose(file) == 0, isWritten else { return false }
        return rename(temporary, path) == 0
    }
}

extension Held {
    /// Where the page was deleted, in one word.
    package var side: String { isWikis ? "wiki" : "git" }
}
