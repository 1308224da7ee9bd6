import Base
import PageStore
import PageWriter
import Synchronization
import TestSupport
import Testing
import YDoc

/// One wiki, Redis, server and farm of browsers for many tests, each with a page and an editor of its own.
final class Stage: Sendable {
    let sample: SampleWorkspace
    let redis: RedisServer
    let server: CollabServer
    let browsers: Browsers

    private static let running = Mutex<Stage?>(nil)

    /// The stage of this test process, started on first use.
    static func shared() throws -> Stage {
        try running.withLock { stage in
            if let stage { return stage }
            let started = try Stage()
            stage = started
            return started
        }
    }

    private init() throws {
        sample = try SampleWorkspace()
        redis = try RedisServer()
        server = try CollabServer(redis: redis, databaseURL: sample.databaseURL)
        // Patience longer than a test: who is sent away must come back at once, not after a time-out.
        browsers = try Browsers(redis: redis, patience: 60)
    }
}

/// A page on the shared stage with its editor, who types into it in the middle of a write.
struct Scene {
    let stage: Stage
    let wiki: WriterWiki
    var editor: String { wiki.page.description }

    init() throws {
        stage = try Stage.shared()
        wiki = try WriterWiki(stage.sample, stage.redis, paragraphs: ["alpha", "beta"])
    }

    /// Lets the editor open the page and type, waiting for the document only if `isPatient`.
    func openAndType(isPatient: Bool) throws {
        try stage.browsers.startOpening(editor, page: editor, on: stage.server, as: SampleWorkspace.ada)
        if isPatient {
            try waitUntil("the editor has the page") { try stage.browsers.state(of: editor).isSynced }
        }
        try stage.browsers.type(editor, "typed", rate: 200)
    }

    /// What must be in the end, in the row, in its state and in the editor: both sides, each once.
    func checkBothSides() throws {
        try waitUntil("the editor has typed") {
            let state = try stage.browsers.state(of: editor)
            if let problem = state.problem { throw ServerFailure(problem) }
            return state.left == 0 && state.isSynced
        }
        let expected = ["alpha", "beta", "from git", "typed"]
        try waitUntil("everybody holds both sides once") {
            try stage.server.store()
            return try wiki.rowTexts().sorted() == expected
                && WriterWiki.texts(wiki.rowState().document()).sorted() == expected
                && WriterWiki.texts(json: stage.browsers.read(editor)).sorted() == expected
        }
        try stage.browsers.close(editor)
    }
}
