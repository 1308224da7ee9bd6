import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Pushing through a real web server", .serialized)
struct PushTests {
    private func cloned(_ site: Site, as user: String = "wren", folder: String = "copy") throws -> GitClient {
        let git = try GitClient()
        try git("clone", "-q", site.url(user: user), folder)
        return git
    }

    private func commit(_ git: GitClient, _ name: String, _ text: String, in folder: String = "copy") throws {
        try git.write(text, to: "\(folder)/\(name)")
        try git("add", "-A", in: folder)
        try git("commit", "-q", "-m", "Edit \(name)", in: folder)
    }

    private func tip(_ site: Site) throws -> String {
        try GitClient()("-C", site.repository(), "rev-parse", "main")
    }

    @Test("A push moves main, with every version of the protocol and of a body", arguments: FrontEnd.allCases)
    func push(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try cloned(site)
        // A buffer of 64 KiB makes git send larger bodies in chunks, a large one with their length.
        for (number, settings) in [
            ["protocol.version=0"], ["protocol.version=2"], ["http.postBuffer=65536"], ["http.postBuffer=50000000"],
        ].enumerated() {
            let size = number < 2 ? 100 : 700_000
            try noise(size, seed: UInt64(number + 7)).write(
                to: URL(fileURLWithPath: git.path("copy/file\(number).bin"))
            )
            try commit(git, "Page \(number).md", "Text \(number).\n")
            try git("-c", settings[0], "push", "-q", "origin", "main", in: "copy")
            #expect(try tip(site) == git("rev-parse", "HEAD", in: "copy"), "\(settings)")
        }
        #expect(try site.redis.command("KEYS", "git-sync:lock:*").isEmpty)
        #expect(site.gitProcesses.isEmpty)
    }

    @Test("A large push arrives whole", arguments: FrontEnd.allCases)
    func large(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try cloned(site)
        for number in 0..<4 {
            let data = noise(Campaign.megabytes << 18, seed: UInt64(number + 1))
            try data.write(to: URL(fileURLWithPath: git.path("copy/part\(number).bin")))
        }
        try commit(git, "Page.md", "Text.\n")
        let cost = try site.measured { try git("push", "-q", "origin", "main", in: "copy") }
        #expect(try tip(site) == git("rev-parse", "HEAD", in: "copy"))
        if Campaign.isFull {
            proof(
                "push, \(Campaign.megabytes) MB, \(frontEnd.rawValue): \(cost.seconds) s, responder \(cost.megabytes) MB"
            )
        }
        #expect(cost.megabytes < 60)
    }

    @Test("5,000 files are pushed", arguments: [FrontEnd.nginxStream, .apacheProxy])
    func manyFiles(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try cloned(site)
        for number in 0..<5000 {
            try git.write("Text of \(number).\n", to: "copy/Folder \(number % 50)/Page \(number).md")
        }
        try commit(git, "Last.md", "Last.\n")
        try git("push", "-q", "origin", "main", in: "copy")
        #expect(try tip(site) == git("rev-parse", "HEAD", in: "copy"))
    }

    @Test("A refused tag or branch does not refuse main; each ref has its own reason", arguments: FrontEnd.allCases)
    func otherRefs(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try cloned(site)
        try commit(git, "Page.md", "Text.\n")
        try git("tag", "v1", in: "copy")
        let result = try git.run(["push", "origin", "main", "v1", "main:refs/heads/topic"], in: "copy")
        #expect(result.status != 0)
        #expect(result.output.contains("main -> main"))
        #expect(result.output.contains("! [remote rejected] v1 -> v1"))
        #expect(result.output.contains("! [remote rejected] main -> topic"))
        #expect(try tip(site) == git("rev-parse", "HEAD", in: "copy"))
        let refs = try git("ls-remote", "origin", in: "copy")
        #expect(!refs.contains("refs/tags") && !refs.contains("topic") && !refs.contains("refs/docmost"))
    }

    @Test("An atomic push with a refused ref moves nothing", arguments: [FrontEnd.nginxStream, .apacheCGI])
    func atomic(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let before = try tip(site)
        let git = try cloned(site)
        try commit(git, "Page.md", "Text.\n")
        try git("tag", "v1", in: "copy")
        #expect(try git.run(["push", "--atomic", "origin", "main", "v1"], in: "copy").status != 0)
        #expect(try tip(site) == before)
    }

    @Test("Neither a forced push nor the deletion of main is taken", arguments: FrontEnd.allCases)
    func rewriting(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try cloned(site)
        try commit(git, "Page.md", "Text.\n")
        try git("push", "-q", "origin", "main", in: "copy")
        let before = try tip(site)
        try git("reset", "-q", "--hard", "HEAD~1", in: "copy")
        try commit(git, "Other.md", "Text.\n")
        let forced = try git.run(["push", "--force", "origin", "main"], in: "copy")
        #expect(forced.status != 0 && forced.output.contains("[remote rejected]"))
        let deleted = try git.run(["push", "origin", ":main"], in: "copy")
        #expect(deleted.status != 0 && !deleted.output.contains("Everything up-to-date"))
        #expect(try tip(site) == before)
    }

    @Test("Push options arrive: a dry run moves nothing and says yes", arguments: FrontEnd.allCases)
    func dryRun(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let before = try tip(site)
        let git = try cloned(site)
        try commit(git, "Page.md", "Text.\n")
        let result = try git.run(["push", "-o", "dry-run", "origin", "main"], in: "copy")
        #expect(result.status == 0, "\(result.output)")
        #expect(try tip(site) == before)
        #expect(try git("rev-parse", "origin/main", in: "copy") == before)
    }

    @Test(
        "Without a daemon the push stands, and says that the wiki follows later",
        arguments: [FrontEnd.nginxStream, .apacheFcgid]
    )
    func noDaemon(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try cloned(site)
        try commit(git, "Page.md", "Text.\n")
        let result = try git.run(["push", "origin", "main"], in: "copy")
        #expect(result.status == 0 && result.output.contains("remote: "), "\(result.output)")
        #expect(try tip(site) == git("rev-parse", "HEAD", in: "copy"))
    }

    @Test(
        "Two pushes at once: both are told in the protocol what became of them",
        arguments: [FrontEnd.nginxStream, .apacheProxy]
    )
    func twoAtOnce(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository()
        let first = try cloned(site)
        let second = try cloned(site, as: "ada")
        try commit(first, "One.md", "One.\n")
        try commit(second, "Two.md", "Two.\n")
        let outcomes = Mutex<[(status: Int32, output: String)]>([])
        DispatchQueue.concurrentPerform(iterations: 2) { number in
            let git = number == 0 ? first : second
            let result = try? git.run(["push", "origin", "main"], in: "copy")
            outcomes.withLock { $0.append(result ?? (-1, "")) }
        }
        let results = outcomes.withLock { $0 }
        #expect(results.filter { $0.status == 0 }.count == 1)
        let loser = try #require(results.first { $0.status != 0 })
        #expect(loser.output.contains("rejected") && !loser.output.contains("Everything up-to-date"), "\(loser.output)")
    }

    @Test(
        "The predecessor's lock is respected: early mode says 503 and when to try again, late mode waits and says why"
    )
    func foreignLock() throws {
        let site = try Site(.nginxStream, settings: ["GIT_SYNC_LOCK_WAIT_MS": "1500"])
        try site.makeRepository()
        let git = try cloned(site)
        try commit(git, "Page.md", "Text.\n")
        let key = "git-sync:lock:\(Site.space)"
        _ = try site.redis.command("SET", key, "0198c6a2-0000-7000-8000-00000000ffff", "PX", "60000")
        let late = try git.run(["push", "origin", "main"], in: "copy")
        #expect(late.status != 0 && late.output.contains("[remote rejected] main -> main"), "\(late.output)")
        #expect(try site.redis.command("GET", key) == "0198c6a2-0000-7000-8000-00000000ffff")

        let early = try Site(
            .nginxStream,
            workspace: site.workspace,
            redis: site.redis,
            settings: ["GIT_SYNC_LOCK": "early"]
        )
        try early.makeRepository()
        let headers = ["Content-Type: application/x-git-receive-pack-request"]
        let path = "/git/handbook.git/git-receive-pack"
        let refused = try early.request(path, method: "POST", headers: headers, body: "00000000")
        #expect(refused.status == 503 && refused.headers["retry-after"] == "5")
        // The four-byte question is no push.
        #expect(try early.request(path, method: "POST", headers: headers, body: "0000").status == 200)
        _ = try site.redis.command("DEL", key)
        let free = try cloned(early)
        try commit(free, "Page.md", "Text.\n")
        try free("push", "-q", "origin", "main", in: "copy")
        #expect(try site.redis.command("EXISTS", key) == "0")
    }

    @Test("dulwich pushes as git does", arguments: FrontEnd.allCases)
    func dulwich(_ frontEnd: FrontEnd) throws {
        let python = ProcessInfo.processInfo.environment["DOCMOST_GIT_PYTHON"] ?? packagePath(".venv/bin/python")
        let site = try Site(frontEnd)
        try site.makeRepository()
        let git = try cloned(site)
        try commit(git, "Page.md", "Text.\n")
        let program = """
            import sys
            from dulwich import porcelain
            porcelain.push(sys.argv[2], sys.argv[1], b"refs/heads/main")
            """
        try runProgram([python, "-c", program, site.url(), git.path("copy")])
        #expect(try tip(site) == git("rev-parse", "HEAD", in: "copy"))
    }

    @Test("Readers and strangers cannot push, and learn why at once")
    func rights() throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        let git = try cloned(site, as: "rita")
        try commit(git, "Page.md", "Text.\n")
        let result = try git.run(["push", "origin", "main"], in: "copy")
        #expect(result.status != 0)
        #expect(result.output.contains("You may read this space, but not write to it."), "\(result.output)")
    }
}
