import Foundation
import TestSupport
import Testing

/// scripts/install, the units, the web servers' files and the guide name the same paths: an operator follows them
/// literally. What systemd makes of the units was tried by hand (docs/proof/README.md).
@Suite("What is shipped fits together")
struct ShippedFilesTests {
    private static let units = ["docmost-git-fcgi.service", "docmost-git-fcgi.socket", "docmost-git-sync.service"]

    @Test("Every path in a unit is one that scripts/install makes, and the repositories may be written to")
    func units() throws {
        let target = try InstallTarget()
        try target.install()
        for unit in Self.units where unit.hasSuffix(".service") {
            let text = try target.text("/etc/systemd/system/\(unit)")
            let start = try #require(values("ExecStart", in: text).first).split(separator: " ").map(String.init)
            #expect(target.exists(start[0]), "\(unit): \(start[0])")
            let file = try #require(start.last)
            #expect(start.dropLast().last == "--env-file" && target.exists(file), "\(unit): \(file)")
            let settings = try target.text(file)
            let data = try #require(values("GIT_SYNC_DATA_DIR", in: settings).first)
            let writable = values("ReadWritePaths", in: text).map { $0.drop { $0 == "-" } }
            #expect(target.exists(data) && writable.contains { data.hasPrefix($0) }, "\(unit): \(writable)")
        }
    }

    @Test("The socket of the unit is the one that nginx and Apache speak to")
    func socket() throws {
        let unit = try shipped("systemd/docmost-git-fcgi.socket")
        let socket = try #require(values("ListenStream", in: unit).first)
        for name in ["nginx/docmost-git.conf", "nginx/docmost-git-spool.conf"] {
            #expect(try shipped(name).contains("fastcgi_pass unix:\(socket);"), "\(name)")
        }
        #expect(try shipped("apache/proxy-fcgi.conf").contains("\"unix:\(socket)|fcgi:"))
        #expect(values("SocketMode", in: unit) == ["0660"], "libfcgi trusts whoever may connect")
    }

    @Test("Every path in Apache's files and in the guide is one that scripts/install makes")
    func paths() throws {
        let target = try InstallTarget()
        try target.install()
        let ours = /\/(usr\/local\/(lib|bin)|etc)\/docmost-git[A-Za-z0-9\/._-]*/
        for name in ["apache/cgi.conf", "apache/fcgid.conf", "docs/operating.md", "README.md", "scripts/install"] {
            let found = Set(try shipped(name).matches(of: ours).map { String($0.output.0) })
            for path in found {
                let plain = path.hasSuffix(".") || path.hasSuffix("/") ? String(path.dropLast()) : path
                #expect(target.exists(plain), "\(name) names \(path)")
            }
        }
        #expect(try shipped("docs/operating.md").contains("/etc/docmost-git/env"))
    }

    /// With RestrictSUIDSGID no repository could be made: "Could not make … writable by group".
    @Test("git may mark directories setgid under the units, and does")
    func setgid() throws {
        let directory = try TemporaryDirectory("docmost-git-setgid")
        try runProgram(["git", "init", "-q", "--bare", "--shared=0640", directory.file("x.git")])
        #expect(try runProgram(["stat", "-c", "%A", directory.file("x.git/refs")]).hasPrefix("drwxr-s---"))
        for unit in Self.units {
            let text = try shipped("systemd/\(unit)")
            #expect(!values("RestrictSUIDSGID", in: text).contains("yes"), "\(unit)")
        }
    }

    @Test(
        "systemd finds nothing wrong with the units",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze"), "systemd is not there")
    )
    func verified() throws {
        let directory = try TemporaryDirectory("docmost-git-units")
        for unit in Self.units {
            // The programs are installed on no machine that tests run on.
            try shipped("systemd/\(unit)").replacing(
                /\/usr\/local\/lib\/docmost-git\/docmost-git-[a-z]+/,
                with: "/bin/true"
            )
            .write(toFile: directory.file(unit), atomically: true, encoding: .utf8)
        }
        let units = Self.units.map { directory.file($0) }
        let result = try runProgramResult(["systemd-analyze", "verify", "--man=no"] + units)
        let complaints = result.output.split(separator: "\n").filter { $0.contains("docmost-git") }
        #expect(complaints.isEmpty, "\(complaints)")
    }

    private func shipped(_ name: String) throws -> String {
        try String(contentsOfFile: packagePath(name), encoding: .utf8)
    }
}

/// The values of `NAME=value` lines.
private func values(_ name: String, in text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
}
