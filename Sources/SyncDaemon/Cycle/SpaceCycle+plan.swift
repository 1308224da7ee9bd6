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
            let line = PlanLine(.updated, work.path, id: work.id)
            do throws(WikiError) {
                if work.hasBody, let blob = work.blob { _ = try document(blob, at: work.path) }
            } catch {
                tell(PlanLine(.refused, work.path, id: work.id, note: error.message))
                continue
            }
            for action in work.actions { tell(PlanLine(action, line.path, id: line.id, note: work.note)) }
        }
        for id in plan.trash { if let entry = view.table[id] { tell(PlanLine(.trashed, entry.current, id: id)) } }
        for held in plan.held {
            tell(PlanLine(.held, held.path, id: held.id, note: "held: \(held.reason); \(Guards.remedyForPush)"))
        }
    }
}

extension PageWork {
    /// What would be done, one word for each change; to move and to rename is one.
    fileprivate var actions: [PlanLine.Action] {
        if existence == .create { return [.created] }
        var actions: [PlanLine.Action] = existence == .restore ? [.restored] : []
        if parent != nil || title != nil { actions.append(.moved) }
        if hasBody { actions.append(.updated) }
        return actions
    }
}
