import ArgumentParser
import Base
import Glibc
import Markdown
import PageFile
import ProseMirror

/// Turns documents into Markdown and back, as the files of a space have it.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Converts a page between Markdown and the JSON of its document.",
        discussion: """
            Reads standard input and writes standard output. With --ndjson every line is an object: {"doc":…} becomes \
            {"markdown":…} or the other way round, other members stay, and a line that cannot be converted becomes \
            {"error":…}.
            """
    )
    @Option(help: "What to make: markdown or json.") var to: Conversion.Target
    @Flag(help: "One object a line, for any number of lines.") var ndjson = false
    @Option(help: "Whose footnote nodes to make: upstream or fork; both are read.") var flavor = Flavor.upstream
    @Option(help: "Comment marks: carry (left out, as in the repository) or inline.") var comments = Comments.carry
    @Option(help: "Block ids to write: none, referenced or all.") var ids = IDs.none

    /// The spellings of `WrittenComments`.
    enum Comments: String, ExpressibleByArgument, CaseIterable { case carry, inline }

    /// The spellings of `WrittenIDs`.
    enum IDs: String, ExpressibleByArgument, CaseIterable { case none, referenced, all }

    private var conversion: Conversion {
        var options = MarkdownOptions(flavor: flavor)
        options.comments = comments == .inline ? .inline : .carry
        options.ids = ids == .all ? .all : ids == .referenced ? .referenced : .none
        return Conversion(to: to, options)
    }

    func run() throws {
        let conversion = conversion
        // Documents are trees, and the walks over them recurse.
        try withLargeStack {
            if ndjson {
                try Convert.convertLines(conversion)
            } else {
                try Streams.write(conversion.convert(Streams.read(nil)))
            }
        }
    }

    /// Converts line by line, so that the first result comes out before the last line is in.
    private static func convertLines(_ conversion: Conversion) throws {
        var splitter = LineSplitter(limit: 256 << 20)
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StreamError(nil, "cannot be read", errno) }
            guard count > 0 else { break }
            try write(splitter.lines(in: chunk[..<count]), conversion)
        }
        if let last = splitter.last() { try write([last], conversion) }
    }

    private static func write(_ lines: [LineSplitter.Line], _ conversion: Conversion) throws {
        var output: [UInt8] = []
        for line in lines {
            switch line {
            case .tooLong: output += Array("{\"error\":\"the line is longer than 256 MiB\"}\n".utf8)
            case .line(let bytes):
                // Blank lines between objects say nothing.
                if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                output += conversion.convertLine(bytes)
            }
        }
        if !output.isEmpty { try Streams.write(output) }
    }
}

extension Conversion.Target: ExpressibleByArgument {}
