import TestSupport
import Testing

@Suite("The sample workspace")
struct SampleWorkspaceTests {
    @Test("its rows fit every variant of the schema", arguments: PostgresServer.Variant.allCases)
    func rows(variant: PostgresServer.Variant) throws {
        let sample = try SampleWorkspace(variant)
        try sample.insertPage(title: "O'Hara's page", paragraphs: ["one", "two"])
        #expect(
            try sample.sql("SELECT count(*) FROM pages JOIN spaces ON spaces.id = space_id WHERE slug = 'handbook'")
                == "1"
        )
    }
}
