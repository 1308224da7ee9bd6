internal import Base
internal import GitStore
internal import Processes
internal import PushProtocol
internal import Redis
internal import SpaceLock
internal import Vault

/// Lands a push: the rules of refs, the lock, main with its record, the daemon's report.
struct Landing {
    let context: PushContext
    let line: HookLine
    let options: PushOptions
    /// The commit that has passed the static checks.
    let checked: ObjectID?
    var outcome: PushOutcome

    /// One answer per ref, in their order.
    mutating func answer(_ commands: [RefCommand], isAtomic: Bool) -> [RefAnswer] {
        for option in options.unknown {
            line.tell("docmost-git: the option \"\(terminalText(option))\" is not known here and has no effect")
        }
        var answers = commands.map { $0.refusal.map { RefAnswer.refused($0) } }
        let isRefused = answers.contains { $0 != nil }
        if let index = commands.firstIndex(where: { $0.isMain && $0.refusal == nil }), let new = commands[index].new {
            if isAtomic, isRefused {
                answers[index] = .refused("another ref of this atomic push was refused")
            } else {
                answers[index] = options.isDryRun ? rehearse(commands[index], new) : land(commands[index], new)
            }
        }
        let complete = answers.map { $0 ?? .refused("not done") }
        outcome.isDryRun = options.isDryRun
        outcome.refs = zip(commands, complete).map { command, answer in
            PushOutcome.Ref(name: command.ref, old: command.old, new: command.new, refusal: answer.refusal)
        }
        return complete
    }

    // MARK: - Landing

    private mutating func land(_ command: RefCommand, _ new: ObjectID) -> RefAnswer {
        // The replies are subscribed to before the daemon hears anything. Without Redis there is no lock either.
        guard
            let talk = try? PushConversation(
                about: context.push,
                space: context.space,
                redis: context.redis,
                pool: context.pool
            )
        else { return unreachable("Redis") }
        let asked = MonotonicClock.milliseconds()
        let landed: Landed
        if let held = context.held {
            landed = move(command, new, under: held, talk)
        } else {
            let outcome = context.lock.withSpaceLock(context.space, wait: wait) { held in
                self.outcome.lockWaitMilliseconds = Int(MonotonicClock.milliseconds() - asked)
                defer {
                    let total = Int(MonotonicClock.milliseconds() - asked)
                    self.outcome.lockHoldMilliseconds = total - self.outcome.lockWaitMilliseconds
                }
                return move(command, new, under: held, talk)
            }
            switch outcome {
            case .value(let value): landed = value
            case .inProgress, .lockHeld: return .refused(busy)
            case .unavailable(let error):
                self.outcome.failure = error.description
                return unreachable("Redis")
            }
        }
        if case .moved(let isHandedOver) = landed { hearReport(talk, isHandedOver: isHandedOver) }
        return landed.answer
    }

    /// What came of moving main.
    private enum Landed {
        case moved(isHandedOver: Bool)
        /// Main held it already.
        case present
        case refused(String)

        var answer: RefAnswer { if case .refused(let reason) = self { .refused(reason) } else { .accepted } }
    }

    private var wait: LockWait {
        LockWait(
            milliseconds: context.limits.lockWait,
            reportEvery: context.limits.reportEvery,
            onWaiting: { [line] seconds in
                line.tell("docmost-git: another push or sync of this space is running; waiting, \(seconds) s")
            },
            isAbandoned: { [line] in line.isHungUp }
        )
    }

    private var busy: String {
        "another push or sync of this space was still running after \(context.limits.lockWait / 1000) s; push again"
    }

    private func unreachable(_ what: String) -> RefAnswer {
        .refused("the server cannot reach \(what) now; nothing was changed, push again later")
    }

    private mutating func move(
        _ command: RefCommand,
        _ new: ObjectID,
        under held: HeldLock,
        _ talk: PushConversation
    ) -> Landed {
        context.observer(.locked)
        let missing = context.vault.removeStaleLocks(of: context.space)
        if missing > 0 {
            // The last holder was killed at its last step: its lock files are certain to be dead in a moment.
            sleep(milliseconds: missing * 1000)
            context.vault.removeStaleLocks(of: context.space)
        }
        let rules = LandingRules(
            repository: context.repository,
            limits: context.limits,
            options: options,
            checked: checked
        )
        do throws(GitError) {
            let tip = context.repository.resolve(RefNames.main)
            guard tip != new else { return .present }
            let verdict = try rules.verdict(on: command, new: new, tip: tip)
            if let refusal = verdict.refusal { return .refused(refusal) }
            guard line.repositoryAgrees("update", [command.ref, "\(tip ?? .zero)", "\(new)"]) else {
                return .refused("the repository's own update hook refused it")
            }
            try move(from: tip, to: new, deleting: verdict.deletions, under: held)
        } catch {
            return .refused(text(of: error))
        }
        context.observer(.moved)
        let isHandedOver = held.handOver(
            within: context.limits.handOver,
            send: talk.announce,
            acknowledged: talk.isAcknowledged
        )
        context.observer(.announced)
        return .moved(isHandedOver: isHandedOver)
    }

    private mutating func text(of error: GitError) -> String {
        if error.code == .refMoved { return LandingRules.moved }
        if error.message.contains("aborted by hook") {
            return "the repository's own reference-transaction hook refused it"
        }
        outcome.failure = error.message
        if context.vault.isFull { return "the server's disk is full; nothing was changed, tell its operator" }
        return "the server could not store the push; nothing was changed, push again"
    }

    /// Moves main together with the record of the push, from the tip that was checked.
    private func move(
        from tip: ObjectID?,
        to new: ObjectID,
        deleting: [String],
        under held: HeldLock
    ) throws(GitError) {
        let journal = PushJournal(context.repository)
        let newest = journal.newest
        let record = PushRecord(
            push: context.push,
            user: context.user,
            name: context.name,
            email: context.email,
            time: WallClock.milliseconds(),
            old: tip,
            new: new,
            options: options.all,
            allowedDeletions: options.allowsDeletions ? deleting : []
        )
        let commit = try journal.write(record, on: newest)
        context.observer(.recorded)
        do throws(Cancelled) { try held.check() } catch { throw GitError(.refMoved, error.reason) }
        var environment = context.repository.command([]).environment
        if context.vault.repositoryHooks(of: context.space).contains(.any) {
            // The repository's reference-transaction hook; git runs no other kind for this.
            environment.addGitConfiguration([("core.hooksPath", "\(context.repository.path)/hooks")])
        }
        try journal.moves(for: record, commit: commit, on: newest)
            .commit(in: context.repository, reason: "push \(context.push)", environment: environment.variables)
    }
}
