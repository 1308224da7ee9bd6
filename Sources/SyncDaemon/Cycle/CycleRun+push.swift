import Base
import Digest
import GitStore
import PushProtocol
import Reconcile

extension CycleRun {
    /// One state of main to carry into the wiki.
    private struct PushStep {
        let tip: ObjectID
        /// Nil for a change of main that no record tells of.
        let record: PushRecord?
    }

    /// Carries every push that is not in the wiki yet, in order; then whatever else main has, and what is to be tried
    /// again.
    func carryPushes() throws(CycleError) {
        let pending = try git { () throws(GitError) in try PushJournal(cycle.repository).pending() }
        // Whoever has just pushed saw main where it is; only a change without a record may be damage.
        let main = pending.isEmpty ? try mendedMain() : cycle.repository.resolve(RefNames.main)
        guard let tip = main else { return }
        var steps = pending.filter { $0.new != view.main.tip }.map { PushStep(tip: $0.new, record: $0) }
        reconciled = pending.last
        if steps.last?.tip != tip { steps.append(PushStep(tip: tip, record: nil)) }
        for pushStep in steps {
            // What the push before has done is part of what this one is compared with.
            try readWrittenRows()
            try carry(pushStep)
        }
    }

    /// Main, put forward again if it is lost or behind what both sides had agreed on.
    ///
    /// Main only ever moves forward, so that is the work of a disk or of an older backup. Read as a push, it would trash
    /// the pages that have come since, and take text back.
    private func mendedMain() throws(CycleError) -> ObjectID? {
        let tip = cycle.repository.resolve(RefNames.main)
        guard view.agreedMain != nil, let last = view.main.tip, tip != last else { return tip }
        if let tip {
            let isBehind = try git { () throws(GitError) in
                try cycle.repository.isAncestor(tip, of: last)
            }
            guard isBehind else { return tip }
        }
        var transaction = RefTransaction()
        transaction.update(RefNames.main, from: tip, to: last)
        try git { () throws(GitError) in
            try transaction.commit(in: cycle.repository, reason: "docmost-git: put forward again")
        }
        report.warnings.append("main was lost or older than what is agreed; it was put forward to \(last) again")
        return last
    }

    private func carry(_ pushStep: PushStep) throws(CycleError) {
        var treeStep = TreeStep()
        if view.main.tip != pushStep.tip {
            treeStep = try git { () throws(GitError) in
                try view.main.advance(to: pushStep.tip, in: cycle.repository)
            }
        }
        var changes = try changedFiles()
        if try adoptKnownPages(changes) { changes = try changedFiles() }
        guard !changes.isEmpty || pushStep.record != nil else { return }
        let guards = Guards(maxDeletes: cycle.settings.maxDeletes, allowed: allowedDeletions(pushStep.record))
        let time = pushStep.record?.time
        let plan = plan(changes, treeStep, seed: "\(pushStep.tip)", time: time, guards: guards)
        try take(plan, record: pushStep.record)
        tellPictures(treeStep.newPictures)
    }

    /// Says of pictures that came with a push that people who read in the browser do not see them.
    func tellPictures(_ pictures: [PagePath]) {
        if pictures.count > 3 {
            let note = "\(pictures.count) pictures are kept in the repository; the wiki does not show them yet"
            return tell(ReportLine(.note, "", note: note))
        }
        for picture in pictures {
            tell(ReportLine(.note, picture.text, note: "kept in the repository; the wiki does not show it yet"))
        }
    }

    /// The page files that differ from the table, without those that failed and whose time has not come.
    func changedFiles() throws(CycleError) -> [FileChange] {
        var paths: [(PagePath, String?)] = []
        for path in view.differingPaths().sorted() {
            let blob = view.main.pages[path]
            if let failure = memory.failures[path], failure.blob == blob ?? "", !failure.isDue(at: now) {
                if let page = blob == nil ? view.table.page(at: path) : failure.page { frozen.insert(page) }
                continue
            }
            paths.append((path, blob))
        }
        try readContents(paths.compactMap(\.1))
        return paths.map { path, blob in
            FileChange(path: path, blob: blob, says: blob.flatMap { contents[$0] }.flatMap(format.id(in:)))
        }
    }

    func plan(
        _ changes: [FileChange],
        _ treeStep: TreeStep,
        seed: String,
        time: UInt64?,
        guards: Guards
    ) -> Plan {
        let rows = rows
        let table = view.table
        let files = FileIdentity(changes, table: table, renames: treeStep.renames) { id in
            guard let row = rows[id] else { return table[id] != nil && !rows.elsewhere.contains(id) }
            return row.deleted != nil || rows.isVisible(id)
        }
        let planner = PushPlanner(
            table: table,
            wiki: rows,
            names: format.names,
            guards: guards,
            waiting: frozen,
            newFolders: treeStep.newFolders
        ) { [space] path in Self.pageID(for: path, in: space, seed: seed, time: time) }
        return PushPlanner.plan(files, with: planner)
    }

    private func allowedDeletions(_ record: PushRecord?) -> Set<PageID> {
        let byPush = (record?.allowedDeletions ?? []).compactMap { view.table.page(at: PagePath($0)) }
        return memory.allowed.union(byPush)
    }

    /// The same file of the same push gets the same id, however often a crash makes us ask.
    private static func pageID(for path: PagePath, in space: SpaceID, seed: String, time: UInt64?) -> PageID {
        let digest = Digest.sha256(Array("\(space)\n\(seed)\n\(path.text)".utf8))
        let words = (0..<2).map { half in digest[(half * 8)..<(half * 8 + 8)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        return .version7(milliseconds: time ?? 0x0190_0000_0000, random: (words[0], words[1]))
    }

    /// Carries a plan out, page by page; a page that fails holds nobody else back.
    private func take(_ plan: Plan, record: PushRecord?) throws(CycleError) {
        for entry in plan.settled { view.table[entry.id] = entry }
        for id in plan.forgotten { view.table[id] = nil }
        for line in plan.lines { tell(line) }
        try hold(plan, record: record)
        forgetSettledFailures()
        try reserve(plan.work)
        for work in plan.work {
            try step(.beforePage)
            let actor = actor(of: work.path, record)
            guard try mayWrite(actor) else {
                fail(work, Self.lostRight, actor: actor)
                continue
            }
            try apply(work, actor: actor, plan: plan)
        }
        for id in plan.trash {
            guard let entry = view.table[id] else { continue }
            let actor = actor(of: entry.current, record)
            try trash(id, actor: actor, isAllowed: try mayWrite(actor))
        }
    }

    static let lostRight = WikiError(.pending, "the person who pushed may not change this space any more")

    /// Who pushed: of what is tried again, whoever pushed it then.
    private func actor(of path: PagePath, _ record: PushRecord?) -> UserID {
        record?.user ?? memory.failures[path]?.actor ?? cycle.settings.serviceUser
    }

    /// Asked once a cycle for each person, also for what is tried again: a right may be lost in between.
    private func mayWrite(_ user: UserID) throws(CycleError) -> Bool {
        if user == cycle.settings.serviceUser { return true }
        if let known = rights[user] { return known }
        let answer = try wiki { () throws(WikiError) in try wiki.mayWrite(user, in: space) }
        rights[user] = answer
        return answer
    }

    private func hold(_ plan: Plan, record: PushRecord?) throws(CycleError) {
        let before = memory.held
        for held in plan.held {
            frozen.insert(held.id)
            memory.hold(held)
            guard before[held.id] == nil else { continue }
            tell(
                PlanLine(
                    .held,
                    held.path,
                    id: held.id,
                    note: "not deleted yet: \(held.reason); \(Guards.remedyForPush)"
                )
            )
        }
    }

    /// A failure whose file is gone or is another one now is no failure any more.
    private func forgetSettledFailures() {
        for (path, failure) in memory.failures where (view.main.pages[path] ?? "") != failure.blob {
            memory.failures[path] = nil
        }
    }

    /// Tells the person who pushed, and counts.
    func tell(_ line: PlanLine) {
        let entry = line.id.flatMap { view.table[$0] }
        let url = entry.flatMap { $0.slug.isEmpty ? nil : cycle.settings.pageURL($0.slug, $0.title) }
        let told = ReportLine(line.action.told, line.path.text, url: url, note: line.note.isEmpty ? nil : line.note)
        tell(told)
        switch line.action {
        case .created: report.push.created += 1
        case .restored: report.push.restored += 1
        case .updated, .merged: report.push.updated += 1
        case .moved, .renamed: report.push.moved += 1
        case .trashed: report.push.deleted += 1
        case .pending, .refused, .kept: report.push.failures += 1
        case .unchanged, .held: break
        }
    }
}

extension CycleRun {
    private func tell(_ line: ReportLine) {
        report.lines.append(line)
        push?.report(line)
    }
}

extension PlanLine.Action {
    /// The word of the protocol for it.
    fileprivate var told: ReportLine.Action {
        switch self {
        case .created: .created
        case .updated: .updated
        case .merged: .merged
        case .moved, .renamed: .moved
        case .trashed: .trashed
        case .restored: .restored
        case .unchanged: .unchanged
        case .pending, .held: .pending
        case .kept, .refused: .refused
        }
    }
}
