import Base
import Cycle
import Foundation
import GitStore
import Settings
import SpaceLock
import Synchronization
import TestSupport
import Testing
import Vault

@testable import SyncDaemon

extension RealServers {
    @Suite("A space on real servers")
    struct ThinPathTests {
        @Test(
            "two pages become files; a pushed paragraph arrives in a closed page with its Yjs state",
            arguments: PostgresServer.Variant.allCases
        )
        func thinPath(variant: PostgresServer.Variant) throws {
            let real = try RealSpace(variant)
            try real.sample.insertPage(title: "Welcome", paragraphs: ["one", "two"])
            try real.sample.insertPage(title: "Second", paragraphs: ["three"], position: "a1")
            #expect(real.cycle().outcome == .ran)
            let files = try real.files()
            #expect(files.keys.sorted() == ["Second.md", "Welcome.md"])
            let welcome = try #require(files["Welcome.md"])
            #expect(welcome.hasSuffix("\none\n\ntwo\n"))

            try real.push([.write(path: "Welcome.md", bytes: Array((welcome + "\npushed\n").utf8))])
            let report = real.cycle()
            #expect(report.push.updated == 1, "\(report)")
            let row = try real.sample.sql(
                "SELECT text_content, ydoc IS NOT NULL, content->'content'->0->'content'->0->>'text' FROM pages WHERE title = 'Welcome'"
            )
            #expect(row == "one\n\ntwo\n\npushed|t|one")
            #expect(real.cycle().outcome == .unchanged)
        }

        @Test("a space that is not opted in, a switched-off service, a missing service user: skipped by name")
        func skipped() throws {
            #expect(try RealSpace(more: ["GIT_SYNC_ENABLED": "false"]).cycle().outcome == .skipped(.disabled))
            #expect(try RealSpace(more: ["GIT_SYNC_SERVICE_USER_ID": ""]).cycle().outcome == .skipped(.noServiceUser))
            let real = try RealSpace()
            try real.sample.sql("UPDATE spaces SET settings = NULL")
            #expect(real.cycle().outcome == .skipped(.spaceNotEnabled))
        }

        @Test("a space whose cycle runs in this process is skipped as in progress, and its cycle goes on")
        func inProgress() throws {
            let real = try RealSpace()
            try real.sample.insertPage(title: "Welcome", paragraphs: ["one"])
            let second = Mutex<CycleReport?>(nil)
            let engine = Mutex<SpaceEngine?>(nil)
            let (settings, space) = (real.settings, real.space)
            let first = real.newEngine { step in
                guard step == .beforeExport, let engine = engine.withLock({ $0 }) else { return }
                let connections = WorkerConnections(settings: settings, redis: engine.redis, settleSeconds: 0)
                let report = engine.runOnce(space, on: connections)
                second.withLock { $0 = report }
            }
            engine.withLock { $0 = first }
            #expect(real.cycle(of: first).outcome == .ran)
            #expect(second.withLock { $0 }?.outcome == .skipped(.inProgress))
            #expect(try real.files().keys.sorted() == ["Welcome.md"])
        }
    }
}
