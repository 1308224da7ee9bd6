import ArgumentParser
import Base
import JSON
import ProseMirror
import YDoc

/// Looks into the Yjs documents of pages, and makes them, without a server.
struct YDocCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ydoc",
        abstract: "Reads, makes and changes the Yjs state of a page (the column pages.ydoc).",
        subcommands: [Decode.self, Encode.self, Merge.self]
    )
}

extension YDocCommand {
    /// State to document.
    struct Decode: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a state from standard input and writes the document's JSON."
        )

        func run() throws {
            let state = try Streams.read(nil)
            let json = try withLargeStack { try YDoc(decoding: state).document().json.bytes() }
            try Streams.write(json + [UInt8(ascii: "\n")])
        }
    }

    /// Document to state.
    struct Encode: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a document's JSON from standard input and writes a fresh state.",
            discussion: """
                A fresh state suits only a page that has none and was never open in an editor: a browser that kept \
                the page would show the text twice. Use merge for any other.
                """
        )
        @OptionGroup var schema: SchemaOption

        func run() throws {
            let document = try Streams.read(nil)
            let state = try withLargeStack {
                try YDoc.new(from: Node(parsing: document), schema: schema.schema).encodeState()
            }
            try Streams.write(state)
        }
    }

    /// State and target to new state.
    struct Merge: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes a state into a target document, touching only what differs, and writes the new state."
        )
        @Option(help: "File with the present state.") var state: String
        @Option(help: "File with the JSON of the wanted document.") var target: String
        @Option(help: "Also write the change alone to this file.") var updateOut: String?
        @Flag(help: "Keep ids, comments and facts of files that the document does not mention.") var carry = false
        @OptionGroup var schema: SchemaOption

        func run() throws {
            let state = try Streams.read(state)
            let target = try Streams.read(target)
            let (bytes, update) = try withLargeStack {
                var document = try YDoc(decoding: state)
                var wanted = try Node(parsing: target)
                if carry { wanted = Carry().carry(from: document.document(), to: wanted) }
                let update = try document.diff(to: wanted, schema: schema.schema)
                return (document.encodeState(), update.bytes)
            }
            if let updateOut { try Streams.write(update, to: updateOut) }
            try Streams.write(bytes)
        }
    }

    /// Whose rules a document follows.
    struct SchemaOption: ParsableArguments {
        @Option(help: "Whose rules the document follows: upstream or fork.") var flavor = Flavor.upstream

        var schema: Schema { .of(flavor) }
    }
}

extension Flavor: ExpressibleByArgument {}
