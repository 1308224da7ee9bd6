/// The command line of the responder.
struct Arguments: Equatable {
    /// nil: the socket is handed over, or this is plain CGI.
    var socket: String?
    /// nil: `DOCMOST_GIT_WORKERS`, or 16.
    var workers: Int?
    var environmentFile: String?
    var wantsHelp = false

    static let usage = """
        usage: docmost-git-fcgi [--socket PATH] [--workers N] [--env-file FILE]

        Serves git over HTTP for Docmost's spaces, behind a web server, by FastCGI or CGI.
          --socket PATH    listen on this Unix socket; without it the socket is taken from systemd
                           (LISTEN_FDS) or from standard input (spawn-fcgi, mod_fcgid);
                           with neither, one request is answered as plain CGI
          --workers N      requests served at the same time, 1 to 256 (DOCMOST_GIT_WORKERS, or 16)
          --env-file FILE  read settings from this file (DOCMOST_GIT_ENV_FILE, or /etc/docmost-git/env);
                           the environment wins
        """

    /// What is wrong with a command line.
    struct Malformed: Error, Equatable { let message: String }

    init(_ words: some Sequence<String>) throws(Malformed) {
        var words = Array(words)[...]
        while let word = words.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            func value() throws(Malformed) -> String {
                guard let value = parts.count == 2 ? parts[1] : words.popFirst(), !value.isEmpty else {
                    throw Malformed(message: "\(parts[0]) needs a value")
                }
                return value
            }
            switch parts[0] {
            case "--socket": socket = try value()
            case "--env-file": environmentFile = try value()
            case "--workers":
                guard let count = Self.workers(try value()) else {
                    throw Malformed(message: "--workers takes a number from 1 to 256")
                }
                workers = count
            case "--help", "-h": wantsHelp = true
            default: throw Malformed(message: "unknown argument \(word)")
            }
        }
    }

    /// A number of workers that makes sense; nil for anything else.
    static func workers(_ text: String) -> Int? { Int(text).flatMap { (1...256).contains($0) ? $0 : nil } }

    /// What `DOCMOST_GIT_WORKERS` says; like every setting that cannot be read, it falls back with a warning.
    static func workers(environment text: String?) -> (workers: Int, warning: String?) {
        guard let text, !text.isEmpty else { return (standardWorkers, nil) }
        if let count = workers(text) { return (count, nil) }
        return (standardWorkers, "DOCMOST_GIT_WORKERS=\(text) is no number from 1 to 256, using \(standardWorkers)")
    }

    private static let standardWorkers = 16
}
