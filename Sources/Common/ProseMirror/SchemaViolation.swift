/// Which rule of the schema a document breaks, and where.
package struct SchemaViolation: Error, Equatable, CustomStringConvertible {
    /// The rules that can be broken.
    package enum Rule: Sendable, Equatable {
        /// Not the JSON of a node.
        case malformed(String)
        case unknownNode
        case unknownMark(String)
        case unknownAttribute(String)
        /// The children do not match the content expression; `child` is the index where the match ended.
        case content(expression: String, child: Int, found: String?)
        case missingAttribute(String)
        case attributeType(String, expected: String)
        case markNotAllowed(String)
        case marksExclude(String, String)
        case marksOnNode
        case textWithoutText
        case emptyText
        case textOnNode
        case tooDeep(limit: Int)
    }

    /// The indices of the children that lead to the node, from the document down.
    package let path: [Int]
    /// The type of the node.
    package let type: String
    package let rule: Rule

    package init(path: [Int], type: String, rule: Rule) {
        self.path = path
        self.type = type
        self.rule = rule
    }

    package var description: String {
        let place = path.isEmpty ? "the document" : "node \(path.map(String.init).joined(separator: "/"))"
        return "\(place)\(type.isEmpty ? "" : " (\(type))"): \(rule.text)"
    }
}

extension SchemaViolation.Rule {
    fileprivate var text: String {
        switch self {
        case .malformed(let reason): reason
        case .unknownNode: "this kind of node is not known"
        case .unknownMark(let mark): "the mark \(mark) is not known"
        case .unknownAttribute(let name): "the attribute \(name) is not known"
        case .content(let expression, let child, let found?):
            "child \(child) is a \(found), which does not fit \"\(expression)\""
        case .content(let expression, _, nil): "more children are needed to fit \"\(expression)\""
        case .missingAttribute(let name): "the attribute \(name) is required"
        case .attributeType(let name, let expected): "the attribute \(name) is not \(expected)"
        case .markNotAllowed(let mark): "the mark \(mark) is not allowed here"
        case .marksExclude(let mark, let other): "the marks \(mark) and \(other) exclude each other"
        case .marksOnNode: "only text may have marks"
        case .textWithoutText: "a text node has no text"
        case .emptyText: "a text node is empty"
        case .textOnNode: "only a text node may have text"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        }
    }
}
