import Base
import GitStore
import ProseMirror
import PushProtocol
import Reconcile

/// The work of one cycle: everything it has read and done so far.
final class CycleRun {
    let cycle: SpaceCycle
    let wiki: any Wiki
    let push: PushJob?
    private let cancellation: Cancellation
    let reader: ObjectReader
    let people: People
    var importer: Importer?
    /// The last commit on main, if its tree was stored without the importer.
    var newTree: (commit: ObjectID, tree: ObjectID)?
    var view = SpaceView()
    var memory: CycleMemory
    /// The rows, as far as they are known; taken from the cycle, so that they are changed in place.
    var known: KnownRows?
    /// What this cycle began with, until it is used.
    var glance: WikiGlance?
    var report = CycleReport()
    /// The wiki's fingerprint from before its rows were last listed.
    var fingerprint: WikiFingerprint?
    /// Files read in this cycle, by blob.
    var contents: [String: [UInt8]] = [:]
    /// Pages that a held deletion or a failure keeps from being exported.
    var frozen: Set<PageID> = []
    /// Pages that this cycle wrote since it last read their rows.
    var written: Set<PageID> = []
    /// The wiki was changed while it was being exported: the next cycle must look again.
    var needsAnotherLook = false
    /// Why the cycle must stop, while a page's error travels out.
    var interrupted: CycleError?
    /// Files that this cycle's commits wrote and removed.
    var writtenFiles: [PagePath: String] = [:]
    var removedPaths: Set<PagePath> = []
    /// Pages that this cycle took out of the trash.
    var restored: Set<PageID> = []
    /// Where this export places the pages, and the pages by slug that the table does not know yet.
    var placedPaths: [PageID: PagePath] = [:]
    var newcomers: [String: PageID] = [:]
    /// The slugs of all pages that this export places, by path: a link to a page that is exported with it reads back.
    var placedSlugs: [PagePath: String] = [:]
    /// The pages that the files written in this cycle link to.
    var linksFound: [PageID: [PageID]] = [:]
    /// Who may change the space, as far as it was asked.
    var rights: [UserID: Bool] = [:]
    /// Push records that this cycle has carried into the wiki.
    var reconciled: PushRecord?

    init(
        _ cycle: SpaceCycle,
        wiki: any Wiki,
        glance: WikiGlance? = nil,
        push: PushJob? = nil,
        cancellation: Cancellation = Cancellation()
    ) {
        self.glance = glance
        self.cancellation = cancellation
        self.cycle = cycle
        self.wiki = wiki
        self.push = push
        reader = ObjectReader(cycle.repository)
        people = People(wiki, usesRealAddresses: cycle.settings.usesRealAddresses)
        memory = cycle.memory
    }

    var space: SpaceID { cycle.space }
    var format: any PageFormat { cycle.format }
    var now: UInt64 { cycle.settings.now() }
    var rows: WikiMap { known?.map ?? WikiMap.empty }

    func carryOut() throws(CycleError) -> CycleReport {
        try loadView()
        try carryPushes()
        try readWrittenRows()
        let edits = try export()
        try publish(edits)
        finish()
        return report
    }

    /// Stops before the next step when the lock is lost, and lets tests cut the cycle off.
    func step(_ step: CycleStep) throws(CycleError) {
        if let reason = cancellation.reason { throw CycleError("stopped: \(reason)") }
        try cycle.steps(step)
    }

    func git<Value>(_ body: () throws(GitError) -> Value) throws(CycleError) -> Value {
        do throws(GitError) { return try body() } catch { throw CycleError(error) }
    }

    func wiki<Value>(_ body: () throws(WikiError) -> Value) throws(CycleError) -> Value {
        do throws(WikiError) { return try body() } catch { throw CycleError(error) }
    }

    /// Takes what the last cycle knew if the refs are where it left them, or reads it anew; and the rows.
    func loadView() throws(CycleError) {
        let repository = cycle.repository
        (known, cycle.known) = (cycle.known, nil)
        if let kept = cycle.view, kept.baseTip == repository.resolve(RefNames.base) {
            cycle.view = nil
            view = kept
            return try listRows()
        }
        known = nil
        let errors = try git { () throws(GitError) in
            try repository.removeImportRefs()
            let errors = try view.loadBase(repository, reader: reader)
            // From the state that was agreed, so that what came since is seen as a difference, renames and all.
            let agreed = view.agreedMain ?? view.baseTip ?? repository.resolve(RefNames.main)
            do throws(GitError) {
                try view.main.load(agreed, from: repository)
            } catch {
                // A purge may have taken that commit away.
                try view.main.load(repository.resolve(RefNames.main), from: repository)
            }
            return errors
        }
        report.warnings += errors.map { "\($0); put together again from the files" }
        try listRows()
        guard try rebuildTable(isDamaged: !errors.isEmpty) else { return }
        // Where the pages are that came into the table just now was not asked.
        known = nil
        try listRows()
    }

    /// A base without a table comes from the predecessor; a damaged one from a disk.
    ///
    /// - Returns: whether the table was put together anew.
    private func rebuildTable(isDamaged: Bool) throws(CycleError) -> Bool {
        guard isDamaged || view.table.entries.isEmpty, let source = view.baseTip ?? view.main.tip else { return false }
        var tree = MainTree()
        let folder = view.hasAgreedFolder ? SpaceView.agreedFolder : nil
        try git { () throws(GitError) in try tree.load(source, in: folder, from: cycle.repository) }
        guard !tree.pages.isEmpty else { return false }
        try readContents(Array(tree.pages.values))
        let rebuild = TableRebuild(wiki: rows, names: format.names) { [self] _, blob in
            contents[blob].flatMap(format.id(in:))
        }
        rebuild.complete(&view.table, from: tree.pages, byTitle: view.baseTip != nil)
        return true
    }

    /// Reads blobs that are not known yet, all through one process.
    func readContents(_ blobs: [String]) throws(CycleError) {
        for blob in Set(blobs) where contents[blob] == nil && !blob.isEmpty {
            guard let id = ObjectID(blob) else { continue }
            contents[blob] = try git { () throws(GitError) in try reader.blob(id) }
        }
    }

    /// The files are durable: what memory holds may be believed by the next cycle.
    private func finish() {
        report.main = view.main.tip
        report.held = memory.heldDeletions
        for failure in memory.failures.values.sorted(by: { $0.path < $1.path }) {
            report.warnings.append("\(failure.path): \(failure.reason)")
        }
        for (id, reason) in memory.unreadableReasons.sorted(by: { $0.key < $1.key }) {
            report.warnings.append("page \(id): \(reason)")
        }
        if memory != cycle.memory {
            if !memory.write(to: cycle.statePath) { report.warnings.append("cannot write \(cycle.statePath)") }
            cycle.memory = memory
        }
        if needsAnotherLook { fingerprint = nil }
        cycle.view = view
        cycle.known = known
    }
}
