import Base
import Collab
import Glibc
import JSON
import PageStore
import PageWriter
import Postgres
import ProseMirror
import TestSupport

/// A process that writes pages, for tests that kill it and for the benchmark.
///
/// `PageDriver append <database> <redis> <page> <text> <step>` appends a paragraph to a page and ends itself at the
/// step named, as a crash would. `PageDriver measure <count>` and `PageDriver probe <pages>` start their own servers and
/// print times.
@main
enum PageDriver {
    static func main() throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("append", 7): try append(arguments)
        case ("measure", 3): try measure(count: Int(arguments[2]) ?? 200)
        case ("probe", 3): try measureProbe(pages: Int(arguments[2]) ?? 20_000)
        default:
            print("usage: PageDriver append DATABASE REDIS PAGE TEXT STEP | measure COUNT | probe PAGES")
            exit(64)
        }
    }

    static func append(_ arguments: [String]) throws {
        guard let page = PageID(arguments[4]), let space = SpaceID(SampleWorkspace.handbook),
            let user = UserID(SampleWorkspace.wren)
        else { exit(64) }
        let writer = try makeWriter(database: arguments[2], redis: arguments[3])
        writer.onStep = { step in
            if step.rawValue == arguments[6] { kill(getpid(), SIGKILL) }
        }
        let outcome = writer.write(page, in: space, by: user) { appending(arguments[5], to: $0.document) }
        print(outcome)
    }

    static func makeWriter(database: String, redis: String) throws -> PageWriter {
        var settings = CollabSettings(secret: Secret(CollabServer.secret))
        settings.settleSeconds = 0
        return PageWriter(
            store: PageStore(try PostgresConnection(url: database)),
            collab: try Collab(redisURL: redis, settings: settings)
        )
    }

    static func appending(_ text: String, to document: Node) -> Node {
        var changed = document
        changed.content = document.children + [Node("paragraph", content: [.text(text)])]
        return changed
    }
}
