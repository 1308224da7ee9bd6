import Base
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
    }
}
