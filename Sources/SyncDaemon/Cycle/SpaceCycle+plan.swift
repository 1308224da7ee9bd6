internal import Base
internal import GitStore
package import PushProtocol
import Reconcile

extension SpaceCycle {
    /// Says what a push would do. Nothing is held, nothing is written: neither ref, nor row, nor memory.
    package func plan(_ wiki: any Wiki, _ request: PlanRequest) -> CycleReport {
        do throws(CycleError) {
            let run = CycleRun(self, wiki: wiki)
            return try run.foretell(request)
        } catch {
            return CycleReport(.failed(error.description))
        }
    }
}

extension CycleRun {
    func foretell(_ request: PlanRequest) throws(CycleError) -> CycleReport {
        try loadView()
        var step = TreeStep()
        if view.main.tip != request.new {
            step = try git { () throws(GitError) in try view.main.advance(to: request.new, in: cycle.repository) }
        }
        let isAllowed = request.options.contains("allow-deletes")
        let changes = try changedFiles()
        let plan = plan(
            changes,
            step,
            seed: "\(request.new)",
            time: nil,
            guards: Guards(
                maxDeletes: cycle.settings.maxDeletes,
                allowed: memory.allowed,
                isAllowedByPush: isAllowed
            )
        )
        foretell(plan)
        tellPictures(step.newPictures)
        return report
    }

    private func foretell(_ plan: Plan) {
        for line in plan.lines { tell(line) }
        for work in plan.work {
            do throws(WikiError) {
                if work.hasBody, let blob = work.blob { _ = try document(blob, at: work.path) }
            } catch {
                tell(PlanLine(.refused, work.path, id: work.id, note: error.message))
                continue
            }
            for action in actions(of: work) {
                let note = action == .restored ? noteOfRestored(work.id) : work.note
                tell(PlanLine(action, work.path, id: work.id, note: note))
            }
            if work.existence == .restore { restored.insert(work.id) }
        }
        for id in plan.trash { if let entry = view.table[id] { tell(PlanLine(.trashed, entry.current, id: id)) } }
        for held in plan.held {
            tell(PlanLine(.held, held.path, id: held.id, note: "held: \(held.reason); \(Guards.remedyForPush)"))
        }
    }
}

extension CycleRun {
    /// What would be done, one word for each change; to move and to rename is one.
    private func actions(of work: PageWork) -> [PlanLine.Action] {
        if work.existence == .create { return [.created] }
        var actions: [PlanLine.Action] = work.existence == .restore ? [.restored] : []
        if isMove(work) { actions.append(.moved) }
        if work.hasBody { actions.append(.updated) }
        return actions
    }

    /// Whether the page is not where, or not called what, the push wants by now.
    private func isMove(_ work: PageWork) -> Bool {
        guard let row = rows[work.id] else { return work.parent != nil || work.title != nil }
        let current = work.existence == .restore ? parentOnceRestored(work.id) : row.parent
        if case .some(let parent) = work.parent, parent != current { return true }
        return work.title.map { !$0.utf8.elementsEqual(row.title.utf8) } ?? false
    }
}
