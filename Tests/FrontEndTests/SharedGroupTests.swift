import Foundation
import TestSupport
import Testing

/// The git host runs as one user and the daemon as another; both are in the group that the data directory belongs to.
///
/// Needs root, to be both.
@Suite("Two users, one group", .serialized, .enabled(if: getuid() == 0))
struct SharedGroupTests {
    /// A user that nobody is, in the web server's group.
    private static let daemon = ["setpriv", "--reuid=64999", "--regid=\(WebServer.user)", "--clear-groups", "--"]

    @Test(
        "Export, clone, push, its cycle and maintenance all work, whoever made a file",
        arguments: FullSizes.isOn ? ["007", "027"] : ["027"]
    )
    func sharing(_ mask: String) throws {
        let site = try Site(
            .nginxStream,
            settings: ["GIT_SYNC_SERVICE_USER_ID": SampleWorkspace.robot, "HOME": "/nonexistent"]
        )
        try runProgram(["chmod", "2770", site.dataDirectory])
        try runProgram(["chgrp", WebServer.user, site.dataDirectory])
        try site.restartResponder()
        try site.workspace.insertPage(title: "From the wiki", paragraphs: ["Hello."])
        try cycle(of: site, mask)
        #expect(try owners(in: site) == ["64999"])

        let git = try GitClient()
        #expect(try git.run(["clone", "-q", site.url(), "copy"]).status == 0, "\(site.log)")
        for number in 1...2 {
            try git.write("Pushed \(number).\n", to: "copy/Pushed \(number).md")
            try git("add", "-A", in: "copy")
            try git("commit", "-q", "-m", "Push \(number)", in: "copy")
            try git("push", "-q", "origin", "main", in: "copy")
            // Both have made files in every place now.
            try cycle(of: site, mask)
        }
        #expect(try owners(in: site).count == 2)
        let titles = try site.workspace.sql("SELECT title FROM pages WHERE deleted_at IS NULL ORDER BY title")
        #expect(titles.contains("Pushed 1") && titles.contains("Pushed 2"), "\(titles)")

        try makeManyPacks(site)
        try site.workspace.insertPage(title: "Later", paragraphs: ["More."], position: "a9")
        try cycle(of: site, mask)
        #expect(try packs(site) < 10)
        try git("pull", "-q", in: "copy")
        #expect(FileManager.default.fileExists(atPath: git.path("copy/Later.md")))
        try git("clone", "-q", site.url(), "again")
        #expect(try !GitClient()("-C", site.repository(), "fsck", "--no-dangling").contains("error"))
    }

    /// One cycle of the daemon, as its own user.
    private func cycle(of site: Site, _ mask: String) throws {
        let program = site.directory.file("bin/docmost-git-sync")
        if !FileManager.default.fileExists(atPath: program) {
            try FileManager.default.copyItem(atPath: builtProduct("docmost-git-sync"), toPath: program)
        }
        let command =
            Self.daemon + [
                "env", "-i", "PATH=/usr/bin:/bin", program, "once", "--env-file", site.directory.file("env"),
            ]
        let output = try runProgram(["sh", "-c", "umask \(mask); exec \"$@\"", "sh"] + command)
        #expect(!output.contains("failed") && !output.contains("skipped"), "\(output)")
    }

    private func owners(in site: Site) throws -> Set<String> {
        let list = try runProgram(["find", site.repository(), "-type", "f", "-printf", "%U\\n"])
        return Set(list.split(separator: "\n").map(String.init))
    }

    /// As many as make the daemon repack, all of them the host's.
    private func makeManyPacks(_ site: Site) throws {
        let script = """
            for i in $(seq 45); do
                echo "$i" | git hash-object -w --stdin | git pack-objects -q objects/pack/pack > /dev/null
            done
            """
        let user = ["setpriv", "--reuid=\(WebServer.user)", "--regid=\(WebServer.user)", "--clear-groups", "--"]
        let safe = ["GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"]
        try runProgram(user + ["sh", "-c", script], environment: safe, directory: site.repository())
        #expect(try packs(site) > 40)
    }

    private func packs(_ site: Site) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(site.repository())/objects/pack")
        return names.filter { $0.hasSuffix(".pack") }.count
    }
}
