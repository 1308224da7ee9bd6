import Base
import Glibc
import Processes
import Testing

@Suite("Child processes")
struct RunTests {
    @Test("both pipes move at once: 8 MB through cat, which writes before it has read everything")
    func bothDirections() throws {
        let input = [UInt8](repeating: 7, count: 8 << 20)
        let result = try run(Command("cat"), input: input)
        #expect(result.status == .exited(0))
        #expect(result.output == input)
    }

    @Test("the child sees the environment it was given and nothing of ours")
    func environment() throws {
        // A name that nobody reads: the other tests share this process.
        setenv("DOCMOST_GIT_TEST_SECRET", "postgres://secret", 1)
        defer { unsetenv("DOCMOST_GIT_TEST_SECRET") }
        var environment = Environment()
        environment["GREETING"] = "hello"
        let names = try run(Command("env", environment: environment)).text.split(separator: "\n")
            .map { $0.prefix { $0 != "=" } }
        #expect(Set(names) == ["PATH", "GREETING"])
    }

    @Test("a child that works for throughput is scheduled so, and so is what it starts", arguments: [false, true])
    func batch(_ isBatch: Bool) throws {
        var command = Command("sh", ["-c", "read line; cat /proc/self/stat"])
        command.isBatch = isBatch
        let result = try run(command, input: [UInt8(ascii: "\n")])
        // The 41st field of proc(5) is the policy: 0 is the ordinary one, 3 is SCHED_BATCH.
        #expect(result.text.split(separator: " ").dropFirst(40).first == (isBatch ? "3" : "0"))
    }

    @Test("signals that our threads block or ignore are default in the child")
    func signals() throws {
        var blocked = sigset_t()
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &blocked, nil)
        defer { pthread_sigmask(SIG_UNBLOCK, &blocked, nil) }
        let text = try run(Command("grep", ["-E", "SigBlk|SigIgn", "/proc/self/status"])).text
        // Signals 32 and 33 belong to the C library and cannot be reset; they do not concern git.
        #expect(text.split(separator: "\n").allSatisfy { $0.hasSuffix("0000000") })
    }

    @Test("only the standard streams and inherited descriptors are open")
    func descriptors() throws {
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let given = open("/dev/zero", O_RDONLY)
        defer { close(given) }
        let command = Command("sh", ["-c", "cd /proc/$$/fd && ls"], inherited: [5: given])
        #expect(try run(command).text.split(separator: "\n") == ["0", "1", "2", "5"])
    }

    @Test("a missing program is an error, not a crash")
    func missing() {
        #expect { try run(Command("no-such-program")) } throws: { ($0 as? ProcessError)?.code == .cannotStart }
    }

    @Test("a descriptor that cannot be handed over is an error, and nothing is left open")
    func badDescriptor() throws {
        #expect { try run(Command("true", inherited: [3: 9999])) } throws: {
            ($0 as? ProcessError)?.code == .cannotStart
        }
        #expect(try run(Command("true")).status.isSuccess)
    }

    @Test("silence longer than permitted ends the child and its descendants")
    func idle() throws {
        let command = Command("sh", ["-c", "sleep 60 & echo $!; sleep 60"])
        #expect { try run(command, limits: RunLimits(idleMilliseconds: 200)) } throws: {
            ($0 as? ProcessError)?.code == .timedOut
        }
    }

    @Test("terminate ends the whole group and reaps it")
    func group() throws {
        let child = try Child(Command("sh", ["-c", "trap '' TERM; sleep 60 & echo $!; wait"]))
        var buffer = [UInt8](repeating: 0, count: 32)
        var count = -1
        let deadline = Deadline.after(milliseconds: 5000)
        while count <= 0, !deadline.hasPassed {
            count = read(child.output, &buffer, buffer.count)
            if count <= 0 { sleep(milliseconds: 5) }
        }
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        let grandchild = try #require(pid_t(text.prefix { $0.isNumber }))
        child.terminate(graceMilliseconds: 100)
        #expect(kill(-child.processID, 0) == -1)
        #expect(kill(grandchild, 0) == -1)
    }

    @Test("terminate lets a descendant tidy up though the child itself is gone")
    func tidyingDescendant() throws {
        let mark = "/tmp/docmost-git-tidy-\(getpid())"
        unlink(mark)
        defer { unlink(mark) }
        let descendant = "trap 'sleep 0.1; echo done > \(mark); exit' TERM; echo ready; while :; do sleep 0.02; done"
        let child = try Child(Command("sh", ["-c", "(\(descendant)) & exit 0"]))
        var entry = pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)
        #expect(poll(&entry, 1, 10_000) == 1)
        #expect(child.wait(until: .after(milliseconds: 10_000)) != nil)
        child.terminate(graceMilliseconds: 10_000)
        #expect(access(mark, F_OK) == 0)
        #expect(kill(-child.processID, 0) == -1)
    }

    @Test("A variable is read from the environments of a group, and of no other")
    func groupVariables() throws {
        var environment = Environment.git
        environment.merge(["DG_MARK": "outer"])
        let script = "echo ready; DG_MARK=inner sleep 60 & wait"
        let child = try Child(Command("sh", ["-c", script], environment: environment))
        environment.merge(["DG_MARK": "foreign"])
        let other = try Child(Command("sleep", ["60"], environment: environment))
        defer {
            child.terminate(graceMilliseconds: 0)
            other.terminate(graceMilliseconds: 0)
        }
        let deadline = Deadline.after(milliseconds: 10_000)
        while child.values(of: "DG_MARK").count < 2, !deadline.hasPassed { sleep(milliseconds: 5) }
        #expect(child.values(of: "DG_MARK") == ["outer", "inner"])
        #expect(child.values(of: "DG_MAR").isEmpty)
    }

    @Test("writing to a child that reads nothing does not end us")
    func brokenPipe() throws {
        let result = try run(Command("true"), input: [UInt8](repeating: 1, count: 1 << 20))
        #expect(result.status.isSuccess)
    }

    @Test("output beyond the limit ends the child")
    func tooMuch() {
        #expect { try run(Command("yes"), limits: RunLimits(outputBytes: 1000)) } throws: {
            ($0 as? ProcessError)?.code == .tooMuchOutput
        }
    }

    @Test("a failed command says what it printed")
    func failed() {
        #expect { try runChecked(Command("sh", ["-c", "echo broken >&2; exit 3"])) } throws: {
            "\($0)".contains("exit 3: broken")
        }
    }
}
