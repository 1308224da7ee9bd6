import Base
import DocumentGenerator
import JSON
import ProseMirror
import Testing

@Suite("Nodes and their JSON")
struct NodeJSONTests {
    @Test("every fixture is written as it was read", arguments: Fixture.all)
    func roundTrip(_ fixture: Fixture) throws {
        #expect(try Node(json: fixture.document.json) == fixture.document)
        #expect(sorted(fixture.document.json) == sorted(fixture.json))
    }

    @Test func nothingIsDropped() throws {
        let text =
            "{\"type\":\"text\",\"attrs\":{},\"content\":[],\"marks\":[{\"type\":\"bold\",\"attrs\":true,\"x\":1}],"
            + "\"text\":\"a\",\"future\":[1]}"
        #expect(try Node(parsing: Array(text.utf8)).json.serialized == text)
        let nulls = "{\"type\":\"x\",\"attrs\":null,\"content\":null}"
        #expect(try Node(parsing: Array(nulls.utf8)).json.serialized == nulls)
    }

    @Test(
        "what is no node is refused with its place",
        arguments: [
            ("[]", "the document: a node is not an object"), ("{}", "the document: a node has no type"),
            ("{\"type\":\"doc\",\"content\":[{\"type\":\"p\",\"content\":[1]}]}", "node 0/0: a node is not an object"),
            ("{\"type\":\"doc\",\"content\":{}}", "the document (doc): `content` has the wrong kind of value"),
            ("{\"type\":\"text\",\"text\":1}", "the document (text): `text` has the wrong kind of value"),
            ("{\"type\":\"text\",\"marks\":[1]}", "the document (text): a mark has no type"),
            ("{", "the document: invalid JSON at byte 1: the input ends too early"),
        ]
    )
    func refused(_ json: String, _ message: String) {
        let error = #expect(throws: SchemaViolation.self) { try Node(parsing: Array(json.utf8)) }
        #expect(error?.description == message)
    }

    @Test func threeThousandLevelsAreReadWrittenValidatedAndCompared() throws {
        try withLargeStack { () throws(SchemaViolation) in
            var node = Node("paragraph")
            for _ in 0..<3_000 { node = Node("blockquote", content: [node]) }
            let document = Node("doc", content: [node])
            let read = try Node(parsing: document.json.bytes())
            try Schema.upstream.validate(read)
            #expect(Canonical.full.isSame(document, read))
        }
    }

    @Test func tooDeepADocumentIsAViolation() {
        withLargeStack {
            var node = Node("paragraph")
            for _ in 0..<5_000 { node = Node("blockquote", content: [node]) }
            #expect(!Schema.upstream.isValid(Node("doc", content: [node])))
        }
    }

    private func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(sorted))
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.key, sorted($0.value)) }.sorted { $0.0 < $1.0 }))
        default: value
        }
    }
}
