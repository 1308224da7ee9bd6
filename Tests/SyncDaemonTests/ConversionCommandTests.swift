import TestSupport
import Testing

@Suite("The commands that convert")
struct ConversionCommandTests {
    private func run(_ script: String, in directory: TemporaryDirectory) throws -> (status: Int32, output: String) {
        let program = try builtProduct("docmost-git-sync")
        return try runProgramResult(["sh", "-c", script, program], directory: directory.path)
    }

    @Test("ydoc makes a state, changes it by an update, and reads it back")
    func ydoc() throws {
        let directory = try TemporaryDirectory()
        let script = """
            set -e
            printf 'one\\n' | "$0" convert --to json > one.json
            printf 'one\\n\\ntwo\\n' | "$0" convert --to json > two.json
            "$0" ydoc encode < one.json > state
            "$0" ydoc merge --state state --target two.json --update-out update > merged
            "$0" ydoc merge --state merged --target two.json > again
            cmp merged again
            test -s update
            "$0" ydoc decode < merged | "$0" convert --to markdown
            """
        let result = try run(script, in: directory)
        #expect(result.status == 0 && result.output == "one\n\ntwo\n", "\(result)")
    }

    @Test("one bad line of many is an error in its place, not the end")
    func badLine() throws {
        let script = """
            printf '{"markdown":"*a*"}\\nnonsense\\n{"markdown":"b"}\\n' | "$0" convert --to json --ndjson
            """
        let lines = try run(script, in: TemporaryDirectory()).output.split(separator: "\n")
        #expect(lines.map { $0.hasPrefix("{\"error\":") } == [false, true, false], "\(lines)")
    }

    @Test("a state that is none ends with status 1 and one line")
    func badState() throws {
        let result = try run("printf 'no state' | \"$0\" ydoc decode", in: TemporaryDirectory())
        #expect(result.status == 1)
        #expect(result.output.split(separator: "\n").count == 1, "\(result.output)")
    }
}
