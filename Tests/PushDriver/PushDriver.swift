// A receive-pack with a push session around it, for tests: git runs it over its `ext::` transport, so a push can be
// tried, and the program killed at any step, without a web server.

import Base
import GitStore
import Glibc
import Processes
import Push
import PushProtocol
import Redis
import SpaceLock
import Vault

@main
enum PushDriver {
    static func main() throws {
        guard let data = variable("DRIVER_DATA"), let space = variable("DRIVER_SPACE").flatMap({ SpaceID($0) }),
            let redis = variable("DRIVER_REDIS"), let hook = variable("DRIVER_HOOK")
        else { exit(64) }
        let vault = Vault(dataDirectory: data)
        let repository = try vault.ensureServable(space)
        let pool = RedisPool(url: redis)
        var context = PushContext(
            space: space,
            user: variable("DRIVER_USER").flatMap { UserID($0) } ?? .fresh(),
            name: variable("DRIVER_NAME") ?? "Ann",
            email: "ann@example.org",
            vault: vault,
            lock: SpaceLock(store: RedisLeases(pool), timing: LockTiming(timeToLive: number("DRIVER_TTL") ?? 30_000)),
            redis: redis,
            pool: pool,
            limits: limits()
        )
        if let step = variable("DRIVER_KILL_AT").flatMap({ PushStep(rawValue: $0) }) {
            context.observer = { if $0 == step { kill(getpid(), SIGKILL) } }
        }
        let links = try HookLinks(program: hook, in: vault)
        var environment = Environment.git
        environment.addGitConfiguration(
            vault.pushSettings(for: space, hooks: links, maximumBytes: number("DRIVER_PUSH_BYTES") ?? 512 << 20)
        )
        let arguments = ["receive-pack", repository.path]
        guard variable("DRIVER_LOCK") == "early" else { return try serve(context, arguments, environment) }
        let outcome = try context.lock.withSpaceLock(space) { held in
            var context = context
            context.held = held
            try serve(context, arguments, environment)
        }
        if outcome.value == nil { exit(75) }
    }

    private static func serve(_ context: PushContext, _ arguments: [String], _ environment: Environment) throws {
        let session = try PushSession(context)
        var environment = environment
        environment.merge(session.environment)
        let child = try Child(
            Command(
                "git",
                arguments,
                environment: environment,
                input: .descriptor(0),
                output: .descriptor(1),
                errors: .descriptor(2),
                inherited: [PushSession.descriptorNumber: session.childDescriptor]
            )
        )
        session.childStarted()
        try session.start()
        // A client that has gone is played by a limit on the time that git gets.
        if let life = number("DRIVER_LIFE"), child.wait(until: .after(milliseconds: life)) == nil {
            child.terminate(graceMilliseconds: 100)
        }
        let status = child.wait()
        let outcome = session.finish()
        if let path = variable("DRIVER_OUTCOME") { try write(outcome, to: path) }
        if status?.isSuccess != true { exit(1) }
    }

    private static func limits() -> PushLimits {
        var limits = PushLimits()
        limits.lockWait = number("DRIVER_LOCK_WAIT") ?? limits.lockWait
        limits.deletions = number("DRIVER_DELETIONS") ?? limits.deletions
        limits.pageBytes = number("DRIVER_PAGE_BYTES") ?? limits.pageBytes
        limits.pathBytes = number("DRIVER_PATH_BYTES") ?? limits.pathBytes
        limits.reportEvery = number("DRIVER_REPORT_EVERY") ?? limits.reportEvery
        limits.report.total = number("DRIVER_REPORT_TOTAL") ?? limits.report.total
        return limits
    }

    private static func write(_ outcome: PushOutcome, to path: String) throws {
        var lines = ["dry-run \(outcome.isDryRun)", "findings \(outcome.findings)", "report \(outcome.report)"]
        lines += outcome.refs.map { "ref \($0.name) \($0.refusal ?? "ok")" }
        if let failure = outcome.failure { lines.append("failure \(failure)") }
        let text = Array((lines.joined(separator: "\n") + "\n").utf8)
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        _ = Glibc.write(file, text, text.count)
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    private static func number(_ name: String) -> Int? { variable(name).flatMap { Int($0) } }
}
