internal import Base
package import GitStore
package import PushProtocol
package import Reconcile

/// What one call of `runOnce` did. It never throws: an error is one of the outcomes.
package struct CycleReport: Sendable {
    package enum Outcome: Sendable, Equatable {
        case ran
        /// Nothing had changed: no process was started and nothing was written.
        case unchanged
        case skipped(SkipReason)
        case failed(String)
    }

    package enum SkipReason: String, Sendable, Equatable, CaseIterable {
        case disabled
        case noServiceUser = "no-service-user"
        case spaceNotEnabled = "space-not-enabled"
        case inProgress = "in-progress"
        case lockHeld = "lock-held"
    }

    /// What came from the wiki.
    package struct Pull: Sendable, Equatable {
        package var written = 0
        package var deleted = 0
        package var conflicts = 0
    }

    /// What went to the wiki.
    package struct Push: Sendable, Equatable {
        package var created = 0
        package var restored = 0
        package var updated = 0
        package var moved = 0
        package var deleted = 0
        package var failures = 0
    }

    package var outcome: Outcome = .ran
    package var pull = Pull()
    package var push = Push()
    /// What a person who pushed is told, page by page.
    package var lines: [ReportLine] = []
    /// Deletions that wait for somebody's word, of both directions.
    package var held: [Held] = []
    /// What an operator should know: pages that cannot be synced now.
    package var warnings: [String] = []
    /// Main after the cycle.
    package var main: ObjectID?

    package init(_ outcome: Outcome = .ran) { self.outcome = outcome }

    /// How many deletions of one side wait; nothing for none.
    package func heldText(ofWiki isWikis: Bool) -> [String] {
        let count = held.count { $0.isWikis == isWikis }
        return count == 0 ? [] : ["\(count) deletion\(count == 1 ? "" : "s") held"]
    }

    /// Whether the cycle did nothing that anybody would see.
    var isEmpty: Bool { pull == Pull() && push == Push() && lines.isEmpty }

    /// One line about the whole, for the person who pushed.
    package var summary: String {
        var parts: [String] = []
        if push.created > 0 { parts.append("\(push.created) created") }
        if push.restored > 0 { parts.append("\(push.restored) restored") }
        if push.updated > 0 { parts.append("\(push.updated) updated") }
        if push.moved > 0 { parts.append("\(push.moved) moved or renamed") }
        if push.deleted > 0 {
            parts.append("\(push.deleted) trashed (git revert brings \(push.deleted == 1 ? "it" : "them") back)")
        }
        if push.failures > 0 { parts.append("\(push.failures) not done") }
        parts += heldText(ofWiki: false)
        switch outcome {
        case .failed(let message): return "the wiki follows later: \(message)"
        case .skipped(let reason): return "the wiki follows later (\(reason.rawValue))"
        case .ran, .unchanged: return parts.isEmpty ? "no page changed" : parts.joined(separator: ", ")
        }
    }
}

/// The cycle could not go on; the next one starts from what is durable.
package struct CycleError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    init(_ error: GitError) { description = "git: \(error)" }
    init(_ error: WikiError) { description = "wiki: \(error)" }
}
