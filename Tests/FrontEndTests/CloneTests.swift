import Foundation
import TestSupport
import Testing

@Suite("Cloning and fetching through a real web server", .serialized)
struct CloneTests {
    @Test("A clone has the files, with every version of the protocol", arguments: FrontEnd.allCases)
    func clone(_ frontEnd: FrontEnd) throws {
        let site = try Site(frontEnd)
        try site.makeRepository(files: ["Home.md": "Hello.\n", "Guide/Guide.md": "How to.\n"])
        let git = try GitClient()
        for version in ["0", "1", "2"] {
            let result = try git.run(
                ["-c", "protocol.version=\(version)", "clone", "-q", site.url("handbook"), "v\(version)"]
            )
            try #require(result.status == 0, "\(result.output)\n\(site.log)")
            #expect(try String(contentsOfFile: git.path("v\(version)/Guide/Guide.md"), encoding: .utf8) == "How to.\n")
        }
    }
}
