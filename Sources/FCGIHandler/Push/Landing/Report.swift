internal import Base
internal import GitStore
internal import PushProtocol
internal import Redis

extension Landing {
    /// Prints what becomes of the pages, for as long as it is worth waiting.
    mutating func hearReport(_ talk: PushConversation, isHandedOver: Bool) {
        guard isHandedOver else {
            line.tell("docmost-git: saved. The sync service does not answer now; the pages follow when it runs.")
            outcome.report = "no daemon"
            return
        }
        let end = hear(talk)
        context.observer(.reported)
        switch end {
        case .done(let summary):
            if !summary.isEmpty { line.tell("docmost-git: \(terminalText(summary))") }
            outcome.report = "done"
        case .silent:
            line.tell("docmost-git: saved. The sync service has stopped answering; the pages follow when it runs.")
            outcome.report = "silent"
        case .tooLong:
            line.tell("docmost-git: saved. The remaining pages follow; there is no need to wait or to push again.")
            outcome.report = "too long"
        case .abandoned: outcome.report = "abandoned"
        }
    }

    private func hear(_ talk: PushConversation) -> PushConversation.End {
        var patience = context.limits.report
        patience.reportEvery = context.limits.reportEvery
        return talk.hear(
            patience,
            isAbandoned: { line.isHungUp },
            waiting: { seconds in line.tell("docmost-git: the wiki is being updated, \(seconds) s") },
            line: { line.tell("docmost-git: \($0.terminalLine)") }
        )
    }

    /// Says what the push would do. Nothing is locked, and nothing moves.
    mutating func rehearse(_ command: RefCommand, _ new: ObjectID) -> RefAnswer {
        let rules = LandingRules(
            repository: context.repository,
            limits: context.limits,
            options: options,
            checked: checked
        )
        let tip = context.repository.resolve(RefNames.main)
        do throws(GitError) {
            if let refusal = try rules.verdict(on: command, new: new, tip: tip).refusal { return .refused(refusal) }
        } catch {
            outcome.failure = error.message
            return .refused("the server could not check the push; push again")
        }
        line.tell("docmost-git: dry run; nothing is changed")
        let request = PlanRequest(push: context.push, user: context.user, old: tip, new: new, options: options.all)
        guard
            let talk = try? PushConversation(
                about: context.push,
                space: context.space,
                redis: context.redis,
                pool: context.pool
            ),
            talk.ask(request)
        else {
            line.tell("docmost-git: the push would be accepted; the sync service, which plans pages, does not answer")
            outcome.report = "no daemon"
            return .unmoved(at: tip ?? .zero)
        }
        if case .done(let summary) = hear(talk) {
            if !summary.isEmpty { line.tell("docmost-git: \(terminalText(summary))") }
            outcome.report = "done"
        } else {
            line.tell("docmost-git: the push would be accepted; the sync service did not finish its plan in time")
        }
        return .unmoved(at: tip ?? .zero)
    }
}

extension ReportLine {
    /// `updated   Handbook/Onboarding.md  (merged with Eve)  https://…`
    var terminalLine: String {
        let word = action == .note ? "" : action.rawValue.padded(to: 9)
        let parts = [word, terminalText(path), note.map { "(\(terminalText($0)))" } ?? "", terminalText(url ?? "")]
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
