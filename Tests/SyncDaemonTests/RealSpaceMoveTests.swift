import Base
import Cycle
import Foundation
import GitStore
import Reconcile
import SyncStage
import TestSupport
import Testing
import Vault

@testable import SyncDaemon

extension RealServers {
    @Suite("From one space to another, on real servers")
    struct RealSpaceMoveTests {
        private func files(of space: SpaceID, _ stage: RealStage) throws -> [String: String] {
            let repository = stage.engine.vault.repository(for: space)
            let reader = ObjectReader(repository)
            let main = try #require(repository.resolve("refs/heads/main"))
            return try repository.files(of: main).reduce(into: [:]) { files, entry in
                files[entry.path] = String(decoding: try reader.blob(entry.id), as: UTF8.self)
            }
        }

        @Test(
            "a moved branch leaves one repository and appears in the other with its ids; back again it is the same",
            arguments: [PostgresServer.Variant.upstream, .gitmost]
        )
        func branch(variant: PostgresServer.Variant) throws {
            let stage = try RealStage(variant)
            try stage.real.sample.sql(
                "UPDATE spaces SET settings = '{\"gitSync\":{\"enabled\":true}}' WHERE id = '\(stage.elsewhere)'"
            )
            let guide = try stage.add("Guide", ["G."])
            let child = try stage.add("Child", ["C."], parent: guide)
            try stage.add("Other", ["O."])
            stage.run()
            #expect(stage.engine.runOnce(stage.elsewhere, on: stage.connections).outcome == .ran)
            try stage.moveElsewhere(guide)
            // Whichever repository is synced first, a page is never in both for longer than between two cycles.
            stage.run()
            #expect(try stage.paths() == ["Other.md"])
            #expect(stage.engine.runOnce(stage.elsewhere, on: stage.connections).outcome == .ran)
            let there = try files(of: stage.elsewhere, stage)
            #expect(Set(there.keys) == ["Guide/Guide.md", "Guide/Child.md"])
            #expect(there["Guide/Guide.md"]?.contains("docmost_id: \(guide)") == true)
            #expect(there["Guide/Child.md"]?.contains("docmost_id: \(child)") == true)
            try stage.expectAgreement()

            try stage.real.sample.sql(
                """
                UPDATE pages SET space_id = '\(stage.space)', updated_at = updated_at + interval '1 s'
                WHERE space_id = '\(stage.elsewhere)'
                """
            )
            stage.run()
            #expect(stage.engine.runOnce(stage.elsewhere, on: stage.connections).outcome == .ran)
            #expect(try Set(stage.paths()) == ["Guide/Guide.md", "Guide/Child.md", "Other.md"])
            #expect(try stage.pages().count == 3)
            try stage.expectAgreement()
        }

        @Test("the last page of a space may leave it: an empty space is not an emptied database")
        func lastPage() throws {
            let stage = try RealStage()
            let page = try stage.add("Only", ["O."])
            stage.run()
            try stage.moveElsewhere(page)
            stage.run()
            #expect(try stage.paths().isEmpty)
            #expect(stage.held.isEmpty)
        }
    }
}
