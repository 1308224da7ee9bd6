import Foundation
import TestSupport
import Testing

@Suite("Servers behind the host that go away and come back", .serialized)
struct OutageTests {
    @Test("Redis down: what needs it is 503 at once with a reason, the rest goes on; back, it works without a restart")
    func redis() throws {
        let redis = try RedisServer()
        let site = try Site(.nginxStream, redis: redis)
        try site.makeRepository()
        #expect(try site.advertisement("upload-pack").status == 200)
        redis.stop()
        let started = Date()
        let push = try site.advertisement("receive-pack")
        #expect(push.status == 503 && push.headers["retry-after"] == "5")
        #expect(push.body == "The wiki's Redis cannot be reached; try again in 5 s.\n")
        // A password that is not remembered cannot be checked: guessing could not be counted.
        #expect(try site.advertisement("upload-pack", login: ("rita", SampleWorkspace.password)).status == 503)
        // One that is remembered needs no Redis to read.
        #expect(try site.advertisement("upload-pack").status == 200)
        #expect(Date().timeIntervalSince(started) < 15)
        try redis.start()
        #expect(try site.advertisement("receive-pack").status == 200)
        #expect(try site.advertisement("upload-pack", login: ("rita", SampleWorkspace.password)).status == 200)
    }

    @Test(
        "PostgreSQL down: 503 at once with a reason; back, it works without a restart",
        arguments: [FrontEnd.nginxStream, .apacheCGI]
    )
    func postgres(_ frontEnd: FrontEnd) throws {
        let server = try PostgresServer()
        let workspace = try SampleWorkspace(databaseURL: server.createDatabase())
        let site = try Site(frontEnd, workspace: workspace)
        try site.makeRepository()
        #expect(try site.advertisement("upload-pack").status == 200)
        server.stop()
        let refused = try site.advertisement("upload-pack")
        #expect(refused.status == 503 && refused.headers["retry-after"] == "5")
        #expect(refused.body == "The wiki's database cannot be reached; try again in 5 s.\n")
        // Whoever sends no credentials learns nothing of it.
        #expect(try site.advertisement("upload-pack", login: nil).status == 401)
        try server.start()
        #expect(try site.advertisement("upload-pack").status == 200)
    }

    @Test("A change of password, of role or of the account counts from the next request on")
    func freshness() throws {
        let site = try Site(.nginxStream)
        try site.makeRepository()
        #expect(try site.advertisement("receive-pack").status == 200)
        let member = "user_id = '\(SampleWorkspace.wren)'"
        try site.workspace.sql("UPDATE space_members SET role = 'reader' WHERE \(member)")
        #expect(try site.advertisement("receive-pack").status == 403)
        try site.workspace.sql("DELETE FROM space_members WHERE \(member)")
        #expect(try site.advertisement("upload-pack").status == 404)
        try site.workspace.sql("UPDATE users SET deactivated_at = now() WHERE id = '\(SampleWorkspace.wren)'")
        #expect(try site.advertisement("upload-pack").status == 401)
        try site.workspace.sql(
            "UPDATE users SET deactivated_at = NULL, password = NULL WHERE id = '\(SampleWorkspace.wren)'"
        )
        #expect(try site.advertisement("upload-pack").status == 401)
    }

    @Test("A new space is served once its first export is there, and says until then that it is being prepared")
    func firstExport() throws {
        let site = try Site(.nginxStream)
        let waiting = try site.advertisement("upload-pack")
        #expect(waiting.status == 503 && waiting.headers["retry-after"] == "10")
        #expect(waiting.body.contains("being prepared"))
        try runProgram(["rm", "-rf", site.repository()])
        try site.makeRepository()
        #expect(try site.advertisement("upload-pack").status == 200)
    }
}
