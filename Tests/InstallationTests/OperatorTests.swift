import Foundation
import TestSupport
import Testing

/// What the operator's commands say and leave behind, typed by root beside services that run as somebody else.
@Suite("Root at the terminal", .serialized, .enabled(if: getuid() == 0, "only root can be root"))
struct OperatorTests {
    /// A user that nobody is.
    private static let owner = "64999"

    private func site() throws -> Site {
        let site = try Site(.nginxStream, settings: ["GIT_SYNC_SERVICE_USER_ID": SampleWorkspace.robot])
        try runProgram(["chown", "-R", "\(Self.owner):\(Self.owner)", site.dataDirectory])
        try runProgram(["chmod", "711", site.directory.path])
        try runProgram(["chmod", "640", site.directory.file("env")])
        try runProgram(["chgrp", Self.owner, site.directory.file("env")])
        return site
    }

    private func sync(_ words: String..., at site: Site) throws -> (status: Int32, output: String) {
        let program = try builtProduct("docmost-git-sync")
        return try runProgramResult([program] + words + ["--env-file", site.directory.file("env")])
    }

    /// A cycle by hand left objects that the daemon could not write beside, and a repository that git called dubious.
    @Test("what root's commands make belongs to the services' user")
    func owner() throws {
        let site = try site()
        try site.workspace.insertPage(title: "From the wiki", paragraphs: ["Hello."])
        let result = try sync("once", at: site)
        #expect(result.status == 0 && result.output.contains("1 written"), "\(result)")
        let strangers = try runProgram(["find", site.dataDirectory, "!", "-user", Self.owner])
        #expect(strangers.isEmpty, "\(strangers)")
        #expect(FileManager.default.fileExists(atPath: site.repository()))
    }

    @Test("check is made with the services' rights: settings that only root may read are a failure, with the remedy")
    func unreadable() throws {
        let site = try site()
        let file = site.directory.file("env")
        let before = try sync("check", at: site)
        #expect(before.output.contains("ok    settings      \(file)\n"), "\(before)")
        try runProgram(["chmod", "600", file])
        let after = try sync("check", at: site)
        #expect(after.status == 1, "\(after)")
        #expect(after.output.contains("FAIL  settings      \(file) cannot be read by uid \(Self.owner)"), "\(after)")
        #expect(after.output.contains("chmod g+r \(file)"), "\(after)")
    }

    @Test("status and check say when no daemon is at work; a file that everybody may read is noted")
    func daemon() throws {
        let site = try site()
        try runProgram(["chmod", "644", site.directory.file("env")])
        let status = try sync("status", at: site)
        #expect(status.status == 0 && status.output.contains("the daemon is not at work"), "\(status)")
        let check = try sync("check", at: site)
        #expect(check.output.contains("note  daemon"), "\(check)")
        #expect(check.output.contains("everybody may read it"), "\(check)")
        site.redis.stop()
        #expect(try sync("status", at: site).output.contains("Redis does not answer"))
    }

    /// It tries twice a second, and said so each time.
    @Test("the daemon says once that Redis is gone, and once that it is back")
    func quiet() throws {
        let site = try site()
        // Where another user may run it, too.
        let program = site.directory.file("bin/docmost-git-sync")
        try FileManager.default.copyItem(atPath: builtProduct("docmost-git-sync"), toPath: program)
        let user = ["setpriv", "--reuid=\(Self.owner)", "--regid=\(Self.owner)", "--clear-groups", "--"]
        let command = [program, "run", "--env-file", site.directory.file("env")]
        let daemon = try ServerProcess(
            user + ["env", "-i", "PATH=/usr/bin:/bin"] + command,
            log: site.directory.file("daemon.log")
        )
        defer { daemon.stop() }
        try waitUntil("it is at work: \(daemon.log)") { try !sync("status", at: site).output.contains("not at work") }
        site.redis.stop()
        try waitUntil("it is told: \(daemon.log)") { daemon.log.contains("cannot hear pushes") }
        sleep(3)
        try site.redis.start()
        try waitUntil("it is told: \(daemon.log)") { daemon.log.contains("pushes are heard again") }
        #expect(daemon.log.components(separatedBy: "cannot hear pushes").count == 2, "\(daemon.log)")
    }

    @Test("users shows the id that the settings need")
    func users() throws {
        let site = try site()
        let all = try sync("users", at: site).output
        #expect(all.contains("\(SampleWorkspace.robot)  "), "\(all)")
        let one = try sync("users", "WREN@", at: site).output
        #expect(one.split(separator: "\n").count == 1 && one.contains("wren@example.org"), "\(one)")
        #expect(try sync("users", "nobody at all", at: site).output == "no such user\n")
    }
}
