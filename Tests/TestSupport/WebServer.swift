import Foundation

/// The ways a web server can carry requests to the responder; each has a file that we ship.
package enum FrontEnd: String, CaseIterable, Sendable {
    case nginxStream = "nginx/docmost-git.conf"
    case nginxSpool = "nginx/docmost-git-spool.conf"
    case apacheProxy = "apache/proxy-fcgi.conf"
    case apacheFcgid = "apache/fcgid.conf"
    case apacheCGI = "apache/cgi.conf"

    package var isApache: Bool { rawValue.hasPrefix("apache") }
    /// The web server starts the responder itself.
    package var startsResponder: Bool { self == .apacheFcgid || self == .apacheCGI }
    /// The web server takes a whole body before the responder sees any of it.
    package var spools: Bool { self == .nginxSpool || self == .apacheFcgid }
}

/// nginx or Apache on a loopback port, with a shipped configuration in which only paths are substituted.
package final class WebServer: Sendable {
    /// What stands in the shipped files and what the tests put in its place.
    package struct Paths: Sendable {
        /// For `/run/docmost-git/fcgi.sock`.
        package var socket: String
        /// For `/usr/local/lib/docmost-git`: the directory of the program.
        package var programs: String
        /// For `/etc/docmost-git/env`.
        package var environmentFile: String

        package init(socket: String, programs: String, environmentFile: String) {
            self.socket = socket
            self.programs = programs
            self.environmentFile = environmentFile
        }
    }

    /// The user that web servers and responders of the tests run as, when the tests run as root.
    package static let user = "www-data"

    package let port: Int
    private let server: ServerProcess
    private let directory: TemporaryDirectory

    package init(_ frontEnd: FrontEnd, paths: Paths, extra: String = "") throws {
        port = try freePort()
        directory = try TemporaryDirectory("docmost-git-web")
        try makeShared(directory.path)
        for name in ["body", "fastcgi", "spool", "fcgid"] {
            try FileManager.default.createDirectory(atPath: directory.file(name), withIntermediateDirectories: true)
            try makeShared(directory.file(name))
        }
        try shippedFile(frontEnd.rawValue, paths, directory.path).write(
            toFile: directory.file("site.conf"),
            atomically: true,
            encoding: .utf8
        )
        if frontEnd == .apacheFcgid {
            try shippedFile("apache/fcgid-server.conf", paths, directory.path)
                .write(toFile: directory.file("server.conf"), atomically: true, encoding: .utf8)
        }
        let main = frontEnd.isApache ? apache(frontEnd, directory, port, extra) : nginx(directory, port, extra)
        try main.write(toFile: directory.file("main.conf"), atomically: true, encoding: .utf8)
        let command =
            frontEnd.isApache
            ? ["apache2", "-X", "-f", directory.file("main.conf")].filter { $0 != "-X" } + ["-DFOREGROUND"]
            : ["nginx", "-c", directory.file("main.conf"), "-e", directory.file("error.log")]
        server = try ServerProcess(command, log: directory.file("output.log"))
        let port = port
        let output = directory.file("output.log")
        try waitUntil("\(frontEnd.rawValue) answers\n\((try? String(contentsOfFile: output, encoding: .utf8)) ?? "")") {
            try runProgramResult(["curl", "-s", "-o", "/dev/null", "http://127.0.0.1:\(port)/"]).status == 0
        }
    }

    package func stop() { server.stop() }

    /// The status of every request that nginx has answered.
    package var statuses: [Int] {
        let log = (try? String(contentsOfFile: directory.file("access.log"), encoding: .utf8)) ?? ""
        // 127.0.0.1 - user [time] "GET /… HTTP/1.1" 200 123 "-" "git/2.39"
        return log.split(separator: "\n").compactMap { line in
            line.split(separator: "\"").dropFirst(2).first.flatMap { $0.split(separator: " ").first }.flatMap {
                Int($0)
            }
        }
    }

    /// The web server's own error log, for a failing test.
    package var errors: String {
        ((try? String(contentsOfFile: directory.file("error.log"), encoding: .utf8)) ?? "") + server.log
    }
}

/// Lets the user of the web servers into a directory of the tests.
package func makeShared(_ path: String) throws {
    if getuid() == 0 {
        try runProgram(["chown", WebServer.user, path])
    }
    try runProgram(["chmod", "755", path])
}

private func shippedFile(_ name: String, _ paths: WebServer.Paths, _ directory: String) throws -> String {
    try String(contentsOfFile: packagePath(name), encoding: .utf8)
        .replacingOccurrences(of: "/run/docmost-git/fcgi.sock", with: paths.socket)
        .replacingOccurrences(of: "/usr/local/lib/docmost-git", with: paths.programs)
        .replacingOccurrences(of: "/etc/docmost-git/env", with: paths.environmentFile)
        .replacingOccurrences(of: "/var/lib/nginx/docmost-git", with: "\(directory)/spool")
}

private func nginx(_ directory: TemporaryDirectory, _ port: Int, _ extra: String) -> String {
    """
    \(getuid() == 0 ? "user \(WebServer.user);" : "")
    daemon off;
    worker_processes 1;
    pid \(directory.file("nginx.pid"));
    error_log \(directory.file("error.log"));
    events {}
    http {
        access_log \(directory.file("access.log"));
        client_body_temp_path \(directory.file("body"));
        fastcgi_temp_path \(directory.file("fastcgi"));
        proxy_temp_path \(directory.file("body"));
        uwsgi_temp_path \(directory.file("body"));
        scgi_temp_path \(directory.file("body"));
        server {
            listen 127.0.0.1:\(port);
            include \(directory.file("site.conf"));
            \(extra)
        }
    }
    """
}

private func apache(_ frontEnd: FrontEnd, _ directory: TemporaryDirectory, _ port: Int, _ extra: String) -> String {
    let modules =
        ["mpm_event", "authz_core", "alias", "env", "reqtimeout"]
        + (frontEnd == .apacheProxy ? ["proxy", "proxy_fcgi"] : frontEnd == .apacheFcgid ? ["fcgid"] : ["cgid"])
    return """
        ServerRoot "\(directory.path)"
        PidFile "\(directory.file("apache.pid"))"
        ErrorLog "\(directory.file("error.log"))"
        Mutex "file:\(directory.path)"
        Listen 127.0.0.1:\(port)
        ServerName 127.0.0.1
        \(modules.map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }.joined(separator: "\n"))
        \(getuid() == 0 ? "User \(WebServer.user)\nGroup \(WebServer.user)" : "")
        RequestReadTimeout header=20-40,minrate=500 body=10,minrate=500
        \(frontEnd == .apacheCGI ? "ScriptSock \"\(directory.file("cgi.sock"))\"" : "")
        \(frontEnd == .apacheFcgid ? """
            FcgidIPCDir "\(directory.file("fcgid"))"
            FcgidProcessTableFile "\(directory.file("fcgid-table"))"
            Include "\(directory.file("server.conf"))"
            """ : "")
        <VirtualHost 127.0.0.1:\(port)>
            Include "\(directory.file("site.conf"))"
            \(extra)
        </VirtualHost>
        """
}
