internal import Base
internal import GitHTTP
internal import GitStore
internal import PushProtocol

/// Serves the hooks of one push, one after the other. Confined to the session's thread.
struct PushConduct {
    let context: PushContext
    let line: HookLine
    var outcome = PushOutcome()
    /// The commit that has passed the static checks; no other becomes main.
    private var checked: ObjectID?

    init(context: PushContext, line: HookLine) {
        self.context = context
        self.line = line
    }

    mutating func serve() {
        while let message = line.next() {
            guard case .hello(let call) = message else { continue }
            switch call.kind {
            case "pre-receive": preReceive(call)
            case "proc-receive": procReceive(call)
            case "post-receive", "post-update": afterwards(call)
            default: line.quit(status: 1)
            }
        }
    }

    /// The static checks, then the repository's own hook. Whatever it says concerns the push as a whole.
    private mutating func preReceive(_ call: HookCall) {
        context.observer(.checking)
        guard let input = allInput() else { return }
        let commands = input.split(separator: UInt8(ascii: "\n")).compactMap { RefCommand(Array($0)) }
        do throws(GitError) {
            let main = commands.first { $0.isMain && $0.new != nil }
            if let new = main?.new {
                let findings = try check(new, call)
                guard findings.isEmpty else { return refuse(findings) }
            }
        } catch {
            outcome.failure = error.message
            line.tell("docmost-git: the push could not be checked, so it was not accepted; push again.")
            return line.quit(status: 1)
        }
        line.quit(status: line.repositoryAgrees("pre-receive", input: input) ? 0 : 1)
    }

    /// Checks what the push adds to main as it is. What the client calls the old value is not asked: it could name
    /// the new one, and nothing would look changed.
    private mutating func check(_ new: ObjectID, _ call: HookCall) throws(GitError) -> [Finding] {
        let tip = context.repository.resolve(RefNames.main)
        let checks = StaticChecks(repository: context.repository, quarantine: call.quarantine, limits: context.limits)
        // A push beside main is refused for that; its differences to main would only name the wrong files.
        if let tip, try !context.repository.isAncestor(tip, of: new, environment: call.quarantine) { return [] }
        let findings = try checks.findings(from: tip, to: new)
        if findings.isEmpty { checked = new }
        return findings
    }

    private mutating func refuse(_ findings: [Finding]) {
        outcome.findings = findings.count
        for text in Finding.report(findings) { line.tell(text) }
        line.quit(status: 1)
    }

    private mutating func procReceive(_ call: HookCall) {
        var stream = PktStream(line)
        guard let greeting = stream.section()?.first else { return line.quit(status: 1) }
        let capabilities =
            greeting.split(separator: 0).dropFirst().first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let features = capabilities.split(separator: " ")
        let mayHaveOptions = features.contains("push-options")
        line.write(PktLine.encode(Array("version=1\0\(mayHaveOptions ? "push-options" : "")".utf8)) + PktLine.flush)
        guard let lines = stream.section() else { return line.quit(status: 1) }
        let commands = lines.compactMap { RefCommand($0) }
        var options = call.options
        if mayHaveOptions {
            guard let section = stream.section() else { return line.quit(status: 1) }
            options = section.map { String(decoding: $0, as: UTF8.self) }
        }
        guard commands.count == lines.count else { return line.quit(status: 1) }
        var landing = Landing(
            context: context,
            line: line,
            options: PushOptions(options),
            checked: checked,
            outcome: outcome
        )
        let answers = landing.answer(commands, isAtomic: features.contains("atomic"))
        outcome = landing.outcome
        var reply: [UInt8] = []
        for (command, answer) in zip(commands, answers) { reply += answer.packets(for: command) }
        line.write(reply + PktLine.flush)
        line.quit(status: 0)
    }

    /// The repository's own hooks after a push; a dry run moved nothing, so they have nothing to hear.
    private func afterwards(_ call: HookCall) {
        guard let input = allInput() else { return }
        guard !outcome.isDryRun else { return line.quit(status: 0) }
        let refs = outcome.refs.filter { $0.refusal == nil }.map(\.name)
        let arguments = call.kind == "post-update" ? refs : []
        line.quit(status: line.repositoryAgrees(call.kind, arguments, input: input) ? 0 : 1)
    }

    /// Everything that git writes to the hook; nil when the hook is gone before its end.
    private func allInput() -> [UInt8]? {
        var bytes: [UInt8] = []
        while let message = line.next() {
            switch message {
            case .input(let more): bytes += more
            case .inputEnd: return bytes
            case .hello, .repositoryHookEnded: return nil
            }
        }
        return nil
    }
}

/// What the person asked for with `git push -o`.
struct PushOptions: Hashable {
    let all: [String]
    let isDryRun: Bool
    let allowsDeletions: Bool
    /// Options that mean nothing here; a typing error must not go unnoticed.
    let unknown: [String]

    init(_ options: [String]) {
        all = options
        isDryRun = options.contains("dry-run")
        allowsDeletions = options.contains("allow-deletes")
        unknown = options.filter { $0 != "dry-run" && $0 != "allow-deletes" }
    }
}
