package import Base
package import GitStore
package import Reconcile

// One cycle of one space: the newcomer starts here.
//
// Identity, not path, is merged. There are three maps from page to file: the base (what both sides agreed on last, in
// refs/docmost/wiki with its table), git (main), and the wiki (the rows). A cycle
//   1. looks whether anything changed at all: the wiki's fingerprint and main's tip (`isQuiet`);
//   2. loads what changed since the last cycle (`SpaceView`);
//   3. carries each push into the wiki, one by one, in order (`CycleRun+push`, `+apply`); after each, the base is git's
//      side for the pages that went through, so that whatever the wiki has beyond it is the wiki's own change;
//   4. carries the wiki's changes to main (`CycleRun+export`, `+commits`);
//   5. moves main and the base together (`CycleRun+publish`).
// What to do is decided by pure code (Reconcile: `FileIdentity`, `PushPlanner`, `ExportPlanner`, `Layout`, `Guards`).
// Killed anywhere, the next cycle finds both sides equal where work was done, and does the rest.

/// Keeps one space's repository and pages the same. Confined to one thread at a time: its caller holds the space's lock.
package final class SpaceCycle {
    package let space: SpaceID
    let repository: Repository
    let statePath: String
    let format: any PageFormat
    let settings: CycleSettings
    /// Called before every step that a crash could fall into; tests kill there.
    let steps: (CycleStep) throws(CycleError) -> Void
    var view: SpaceView?
    var known: KnownRows?
    var memory: CycleMemory
    private var quiet: Quiet?

    /// What the last complete cycle saw: as long as it is the same, there is nothing to do.
    private struct Quiet: Equatable {
        let fingerprint: WikiFingerprint
        let main: ObjectID?
        let base: ObjectID?
        let pushed: ObjectID?
    }

    package init(
        space: SpaceID,
        repository: Repository,
        stateDirectory: String,
        format: any PageFormat,
        settings: CycleSettings,
        steps: @escaping (CycleStep) throws(CycleError) -> Void = { _ throws(CycleError) in }
    ) {
        self.space = space
        self.repository = repository
        statePath = CycleMemory.path(in: stateDirectory)
        self.format = format
        self.settings = settings
        self.steps = steps
        memory = CycleMemory(readingFrom: statePath)
    }

    /// Runs one cycle. Never throws: what went wrong is in the report, and the next cycle starts afresh.
    ///
    /// - Parameters:
    ///   - push: the push that is waiting for the report, if any.
    ///   - cancellation: set when the lock is lost or the daemon stops; the cycle ends at its next step.
    package func runOnce(
        _ wiki: any Wiki,
        push: PushJob? = nil,
        cancellation: Cancellation = Cancellation()
    ) -> CycleReport {
        do throws(CycleError) {
            memory.allowed.formUnion(CycleMemory(readingFrom: statePath).allowed)
            let glance = try glance(wiki)
            let before = Quiet(
                fingerprint: glance.fingerprint,
                main: repository.resolve(RefNames.main),
                base: repository.resolve(RefNames.base),
                pushed: repository.resolve(RefNames.pushed)
            )
            let isQuiet = push == nil && before == quiet
            if isQuiet, !memory.isDue(at: settings.now()), !isListingOld {
                var report = CycleReport(.unchanged)
                report.main = before.main
                report.held = heldDeletions
                return report
            }
            let isFullListing = isListingOld
            if isFullListing { known = nil }
            let run = CycleRun(self, wiki: wiki, glance: glance, push: push, cancellation: cancellation)
            // What mends a row by hand, or a disk, does not touch the row's time.
            if isFullListing { run.memory.unreadable = [:] }
            var report = try run.carryOut()
            quiet = seen(by: run)
            if isQuiet, report.isEmpty { report.outcome = .unchanged }
            return report
        } catch {
            // Whatever is in memory may be half a cycle ahead of what is durable.
            view = nil
            known = nil
            quiet = nil
            memory = CycleMemory(readingFrom: statePath)
            return CycleReport(.failed(error.description))
        }
    }

    private func glance(_ wiki: any Wiki) throws(CycleError) -> WikiGlance {
        let since = known?.since(now: settings.now())
        do throws(WikiError) { return try wiki.glance(at: space, since: since) } catch { throw CycleError(error) }
    }

    /// The tips are those that the run has carried, not those of now: main may have moved since, and that push was not
    /// seen by anyone.
    private func seen(by run: CycleRun) -> Quiet? {
        guard let fingerprint = run.fingerprint else { return nil }
        let pushed = repository.resolve(RefNames.pushed)
        return Quiet(fingerprint: fingerprint, main: run.view.main.tip, base: run.view.baseTip, pushed: pushed)
    }

    /// What no sum shows, should there be such a change, is found by listing all rows from time to time.
    private var isListingOld: Bool {
        guard let known else { return false }
        let now = settings.now()
        // Listed later than now: the clock was set back, and may not get there again for long.
        return now >= known.listed + settings.fullListing || now < known.listed
    }

    /// The deletions that wait, as the last cycle left them.
    package var heldDeletions: [Held] { memory.heldDeletions }
}

/// Points at which a cycle may be cut off; between them lies one durable change.
package enum CycleStep: String, Sendable, CaseIterable {
    case beforeReserving, afterReserving, beforePage, afterCreate, afterRestore, afterMove, afterTitle, afterBody,
        beforeTrash, afterTrash, beforeExport, beforePublishing, afterPublishing
}

/// What a cycle is told by its service.
package struct CycleSettings: Sendable {
    package var maxDeletes: Int
    /// Changes the wiki where no person is known to have pushed.
    package var serviceUser: UserID
    /// Whether commits carry people's own addresses.
    package var usesRealAddresses: Bool
    /// The page's address for people.
    package var pageURL: @Sendable (_ slug: String, _ title: String) -> String?
    /// Milliseconds after which all rows are listed again, changed or not.
    package var fullListing: UInt64 = 600_000
    /// Milliseconds since 1970.
    package var now: @Sendable () -> UInt64

    package init(
        maxDeletes: Int = 20,
        serviceUser: UserID,
        usesRealAddresses: Bool = true,
        pageURL: @escaping @Sendable (String, String) -> String? = { _, _ in nil },
        now: @escaping @Sendable () -> UInt64 = { WallClock.milliseconds() }
    ) {
        self.maxDeletes = maxDeletes
        self.serviceUser = serviceUser
        self.usesRealAddresses = usesRealAddresses
        self.pageURL = pageURL
        self.now = now
    }
}
