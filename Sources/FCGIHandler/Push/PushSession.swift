package import Base
internal import CShims
internal import GitHTTP
package import GitStore
internal import Glibc
package import PushProtocol
package import Redis
package import SpaceLock
internal import Synchronization
package import Vault

// One push, from git's first question to the last line the person reads.
//
// git runs the hook program (`docmost-git-hook`), which relays to this session over a descriptor that the whole git
// tree inherits. pre-receive: the static checks, on objects in quarantine (`Checks/`). proc-receive: the rules of refs,
// the lock, main and its record in one transaction, the hand-over to the daemon and its report (`Landing/`).
// post-receive and post-update: only the repository's own hooks.
//
// The session runs on a thread of its own, while the request's thread pumps bytes between the web server and git.

/// What a push needs to know and use.
package struct PushContext: Sendable {
    package var space: SpaceID
    /// The pusher, as authenticated.
    package var user: UserID
    package var name: String
    package var email: String
    package var push: PushID
    package var vault: Vault
    package var lock: SpaceLock
    package var redis: String
    package var pool: RedisPool
    package var limits: PushLimits
    /// The space, when it was locked before git was started (`GIT_SYNC_LOCK=early`).
    package var held: HeldLock?
    /// Called at each step, for tests that stop the program there.
    package var observer: @Sendable (PushStep) -> Void

    package init(
        space: SpaceID,
        user: UserID,
        name: String,
        email: String,
        push: PushID = .fresh(),
        vault: Vault,
        lock: SpaceLock,
        redis: String,
        pool: RedisPool,
        limits: PushLimits = PushLimits(),
        held: HeldLock? = nil,
        observer: @escaping @Sendable (PushStep) -> Void = { _ in }
    ) {
        self.space = space
        self.user = user
        self.name = name
        self.email = email
        self.push = push
        self.vault = vault
        self.lock = lock
        self.redis = redis
        self.pool = pool
        self.limits = limits
        self.held = held
        self.observer = observer
    }

    var repository: Repository { vault.repository(for: space) }
}

/// The steps of a push, in their order.
package enum PushStep: String, Hashable, Sendable, CaseIterable {
    case checking, locked, recorded, moved, announced, reported
}

/// What one push may be and how long it may wait. Times in milliseconds.
package struct PushLimits: Hashable, Sendable {
    package var lockWait: Int
    package var deletions: Int
    package var pageBytes: Int
    package var pathBytes: Int
    package var handOver: Int
    package var report: PushConversation.Patience
    /// How often a waiting person reads a line.
    package var reportEvery: Int

    package init(
        lockWait: Int = 45_000,
        deletions: Int = 20,
        pageBytes: Int = 4 << 20,
        pathBytes: Int = 1024,
        handOver: Int = 2_000,
        report: PushConversation.Patience = PushConversation.Patience(),
        reportEvery: Int = 5_000
    ) {
        self.lockWait = lockWait
        self.deletions = deletions
        self.pageBytes = pageBytes
        self.pathBytes = pathBytes
        self.handOver = handOver
        self.report = report
        self.reportEvery = reportEvery
    }
}

/// What came of a push, for the access log.
package struct PushOutcome: Hashable, Sendable {
    package struct Ref: Hashable, Sendable {
        package var name: String
        package var old: ObjectID?
        package var new: ObjectID?
        /// Why it was refused; nil when it was moved, or would have been.
        package var refusal: String?
    }

    package var refs: [Ref] = []
    package var isDryRun = false
    /// Findings of the static checks; any of them refused the push.
    package var findings = 0
    package var lockWaitMilliseconds = 0
    package var lockHoldMilliseconds = 0
    /// How the daemon's report ended; empty when there was no daemon or nothing to report.
    package var report = ""
    /// What failed on our side, for the operator.
    package var failure: String?
}

/// The responder's side of one push.
package final class PushSession: Sendable {
    /// The number under which git's processes inherit `childDescriptor`.
    package static let descriptorNumber: Int32 = 3

    /// The end of the line for git's processes; -1 once it is closed here.
    package var childDescriptor: Int32 { ends.withLock { $0.child } }

    /// Variables that git's processes need on top of everything else.
    package var environment: [String: String] { ["DOCMOST_GIT_HOOK_FD": String(Self.descriptorNumber)] }

    private struct Ends {
        var ours: Int32
        var child: Int32
    }

    private let context: PushContext
    private let ends: Mutex<Ends>
    private let thread = Mutex<ThreadHandle?>(nil)
    private let outcome = Mutex(PushOutcome())

    package init(_ context: PushContext) throws(PushError) {
        self.context = context
        var pair: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &pair) == 0 else {
            throw PushError("socketpair: \(String(cString: strerror(dg_errno())))")
        }
        ends = Mutex(Ends(ours: pair[0], child: pair[1]))
    }

    deinit { closeEnds() }

    /// Closes our copy of git's end; call it when git was started, or could not be.
    package func childStarted() {
        ends.withLock { ends in
            if ends.child >= 0 { close(ends.child) }
            ends.child = -1
        }
    }

    /// Serves the hooks on a thread of its own, until git's processes are gone.
    package func start() throws(PushError) {
        let line = HookLine(descriptor: ends.withLock { $0.ours })
        let started = startThread { [self] in
            var conduct = PushConduct(context: context, line: line)
            conduct.serve()
            let result = conduct.outcome
            outcome.withLock { $0 = result }
        }
        guard let started else { throw PushError("no thread for the push") }
        thread.withLock { $0 = started }
    }

    /// Ends the session once git's process has ended, or was ended, and says what came of it.
    ///
    /// A step that must not be torn apart (moving main) is finished first.
    package func finish() -> PushOutcome {
        // A hook of the repository that went into the background may hold the line open: it does not hold us.
        let ours = ends.withLock { $0.ours }
        if ours >= 0 { shutdown(ours, Int32(SHUT_RDWR)) }
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
        closeEnds()
        return outcome.withLock { $0 }
    }

    private func closeEnds() {
        childStarted()
        ends.withLock { ends in
            if ends.ours >= 0 { close(ends.ours) }
            ends.ours = -1
        }
    }
}

/// A push session could not be set up.
package struct PushError: Error, CustomStringConvertible, Sendable {
    package let description: String

    package init(_ description: String) { self.description = description }
}
