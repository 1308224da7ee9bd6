package import JSON
package import Markdown
import ProseMirror

/// Documents to Markdown and back, one at a time, without a repository or a wiki around them.
package struct Conversion: Sendable {
    /// What comes out.
    package enum Target: String, Sendable, CaseIterable {
        case markdown
        case json
    }

    package let target: Target
    package let options: MarkdownOptions
    /// How deep and large the JSON that comes in may be.
    package let limits: JSONLimits

    package init(to target: Target, _ options: MarkdownOptions, limits: JSONLimits = JSONLimits()) {
        self.target = target
        self.options = options
        self.limits = limits
    }

    /// Converts one whole input: a document's JSON to Markdown, or a page file to a document's JSON.
    ///
    /// Frontmatter belongs to the file, not to the document: it is passed over.
    package func convert(_ input: [UInt8]) throws(ConversionError) -> [UInt8] {
        switch target {
        case .markdown: return try markdown(of: json(input))
        case .json: return try document(of: input).bytes() + [0x0A]
        }
    }

    /// Converts a line: `{"doc":…}` to `{"markdown":…}` or back; other members stay. Anything wrong with the line makes
    /// it an `{"error":…}`.
    package func convertLine(_ line: [UInt8]) -> [UInt8] {
        let result: JSONObject
        do throws(ConversionError) {
            result = try converted(json(line))
        } catch {
            result = ["error": .string(error.description)]
        }
        return JSONValue.object(result).bytes() + [0x0A]
    }

    private func converted(_ line: JSONValue) throws(ConversionError) -> JSONObject {
        let (from, to) = target == .markdown ? ("doc", "markdown") : ("markdown", "doc")
        // An error of the line's first conversion goes on through the second.
        if let object = line.object, object["error"] != nil, object[from] == nil { return object }
        guard let members = line.object?.members, let input = line[from] else {
            throw ConversionError("the line is not an object with the member \"\(from)\"")
        }
        let output: JSONValue
        if target == .markdown {
            output = .string(String(decoding: try markdown(of: input), as: UTF8.self))
        } else {
            guard let text = input.string else { throw ConversionError("\"markdown\" is not a text") }
            output = try document(of: Array(text.utf8))
        }
        var result = JSONObject()
        for (key, value) in members where !sameText(key, to) {
            if sameText(key, from) { result.members.append((to, output)) } else { result.members.append((key, value)) }
        }
        return result
    }

    private func json(_ input: [UInt8]) throws(ConversionError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: input, limits: limits)
        } catch {
            throw ConversionError(error.description)
        }
    }

    private func markdown(of json: JSONValue) throws(ConversionError) -> [UInt8] {
        let document: Node
        do throws(SchemaViolation) {
            document = try Node(json: json)
        } catch {
            throw ConversionError(error.description)
        }
        guard document.type == "doc" else { throw ConversionError("the node is a \(document.type), not a doc") }
        return MarkdownWriter.write(document, options)
    }

    private func document(of file: [UInt8]) throws(ConversionError) -> JSONValue {
        do throws(PageFileError) {
            let page = try PageFile(file)
            return MarkdownDocument.parse(Array(page.bytes[page.body]), options).document.json
        } catch {
            throw ConversionError(error.description)
        }
    }
}

/// Why an input was not converted.
package struct ConversionError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
