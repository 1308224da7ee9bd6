import Base
import Redis
import SpaceLock
import TestSupport
import Testing

@testable import SyncDaemon

extension RealServers {
    @Suite("Spaces as an operator names them")
    struct OperatorTests {
        @Test("by slug or UUID, in any letter case")
        func names() throws {
            let installation = Operator(try RealSpace().settings)
            let handbook = try #require(SpaceID(SampleWorkspace.handbook))
            for name in ["handbook", "HandBook", "\(handbook)", "\(handbook)".uppercased()] {
                #expect(try installation.space(name).id == handbook)
            }
            #expect(throws: CommandFailure.self) { try installation.space("nowhere") }
        }

        /// A slug is unique in its workspace only; the first of two was taken, whichever that was.
        @Test("a slug that two workspaces have is refused, and each of the spaces is found by its UUID")
        func sameSlug() throws {
            let real = try RealSpace()
            let other = SpaceID.fresh()
            try real.sample.sql(
                """
                INSERT INTO workspaces (id, name) VALUES ('\(other)', 'Other');
                INSERT INTO spaces (id, name, slug, workspace_id) VALUES ('\(other)', 'Other', 'handbook', '\(other)')
                """
            )
            let installation = Operator(real.settings)
            let error = #expect(throws: CommandFailure.self) { try installation.space("handbook") }
            #expect(error?.description.contains("UUID") == true)
            #expect(try installation.space("\(other)").name == "Other")
        }

        @Test("a space that is marked as deleted is no space, as for the host and the daemon")
        func deleted() throws {
            let real = try RealSpace()
            let installation = Operator(real.settings)
            try real.sample.sql("UPDATE spaces SET deleted_at = now() WHERE slug = 'handbook'")
            #expect(try installation.find("handbook") == nil)
            #expect(try installation.spaces().allSatisfy { $0.slug != "handbook" })
        }

        @Test("settings of a space that are no object are no opt-in, and no other space's concern")
        func oddSettings() throws {
            let real = try RealSpace()
            let installation = Operator(real.settings)
            let set = { (value: String, slug: String) in
                _ = try real.sample.sql("UPDATE spaces SET settings = \(value) WHERE slug = '\(slug)'")
            }
            let space = try installation.space("handbook")
            // Docmost's other settings stay; what is no object makes room for one.
            let mendable = [
                "NULL": "{}", "'null'": "{}", "'{}'": "{}", #"'{"a":1,"gitSync":"x"}'"#: #"{"a": 1}"#,
                #"'{"gitSync":[1],"b":{"c":2}}'"#: #"{"b": {"c": 2}}"#, #"'{"gitSync":{"enabled":"no"}}'"#: "{}",
            ]
            for (value, kept) in mendable {
                try set(value, "handbook")
                #expect(try !installation.space("handbook").isEnabled, "\(value)")
                #expect(try !real.connections.isOptedIn(space.id), "\(value)")
                try installation.setEnabled(true, space)
                #expect(try installation.space("handbook").isEnabled, "\(value)")
                let sql = "SELECT settings - 'gitSync' FROM spaces WHERE slug = 'handbook'"
                #expect(try real.sample.sql(sql) == kept, "\(value)")
                try installation.setEnabled(false, space)
                #expect(try !installation.space("handbook").isEnabled, "\(value)")
            }
            for value in ["'[]'", #"'["gitSync"]'"#, "'7'", #"'"gitSync"'"#, "'true'"] {
                try set(value, "handbook")
                #expect(try real.connections.optedIn() == [], "\(value)")
                #expect(try real.engine.probe(real.connections).isEmpty, "\(value)")
                let error = #expect(throws: CommandFailure.self) { try installation.setEnabled(true, space) }
                #expect(error?.description.contains("holds no JSON object") == true)
            }
        }

        /// "busy; try again in a moment" sent the operator looking for a cycle that was not there.
        @Test("a space that cannot be locked is busy, or Redis is down: the command says which")
        func lock() throws {
            let space = SpaceID.fresh()
            let down = SpaceLock(store: RedisLeases(RedisPool(url: "redis://127.0.0.1:1")))
            let error = #expect(throws: CommandFailure.self) { try down.withSpaceLock(space) { _ in 1 }.get("stage") }
            let message = error?.description ?? ""
            #expect(message.contains("Redis") && message.contains("check") && !message.contains("busy"), "\(message)")
            #expect(throws: CommandFailure.self) { try LockOutcome<Int>.lockHeld.get("stage") }
            #expect(try LockOutcome.value(7).get("stage") == 7)
        }
    }
}
