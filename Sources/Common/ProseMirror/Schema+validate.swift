import JSON

extension Schema {
    /// What validation does with nodes, marks and attributes that the schema does not know.
    package enum Unknown: Sendable {
        /// They break a rule.
        case refused
        /// They are left alone, and so are attributes with another kind of value: a newer Docmost may have made them.
        case accepted
    }

    /// The deepest document that is accepted; every walk over a node recurses once per level.
    package static let maximumDepth = 4_000

    /// Checks a node and all below it, as ProseMirror's own `check` does.
    ///
    /// - Throws: the first violation, in document order.
    package func validate(_ node: Node, unknown: Unknown = .refused) throws(SchemaViolation) {
        var validator = Validator(schema: self, unknown: unknown)
        try validator.check(node)
    }

    /// Whether a node and all below it follow the rules.
    package func isValid(_ node: Node, unknown: Unknown = .refused) -> Bool {
        do throws(SchemaViolation) {
            try validate(node, unknown: unknown)
            return true
        } catch {
            return false
        }
    }
}

/// The walk, with the way to the current node.
private struct Validator {
    let schema: Schema
    let unknown: Schema.Unknown
    var path: [Int] = []

    mutating func check(_ node: Node) throws(SchemaViolation) {
        guard path.count <= Schema.maximumDepth else {
            throw violation(.tooDeep(limit: Schema.maximumDepth), node)
        }
        guard let rule = schema.node(node.type) else {
            guard unknown == .accepted else { throw violation(.unknownNode, node) }
            return try checkChildren(of: node)
        }
        try checkText(node)
        try checkAttributes(node.attrs, rule.attributes, node)
        try checkContent(node, rule)
        try checkMarks(of: node, rule)
        try checkChildren(of: node)
    }

    private mutating func checkChildren(of node: Node) throws(SchemaViolation) {
        for (index, child) in node.children.enumerated() {
            path.append(index)
            try check(child)
            path.removeLast()
        }
    }

    private func checkText(_ node: Node) throws(SchemaViolation) {
        guard node.isText else {
            if node.text != nil { throw violation(.textOnNode, node) }
            return
        }
        guard let text = node.text else { throw violation(.textWithoutText, node) }
        if text.isEmpty { throw violation(.emptyText, node) }
    }

    private func checkContent(_ node: Node, _ rule: NodeRule) throws(SchemaViolation) {
        let types = node.children.map(\.type)
        if unknown == .accepted, types.contains(where: { schema.node($0) == nil }) { return }
        guard let index = rule.content.mismatch(in: types) else { return }
        let found = index < types.count ? types[index] : nil
        throw violation(.content(expression: rule.content.text, child: index, found: found), node)
    }

    private func checkAttributes(_ attrs: JSONObject?, _ rules: [AttributeRule], _ node: Node) throws(SchemaViolation) {
        for (name, value) in attrs?.members ?? [] {
            if let rule = rules.first(where: { $0.name == name }) {
                guard unknown == .accepted || rule.accepts(value) else {
                    throw violation(.attributeType(name, expected: rule.kind.rawValue), node)
                }
            } else if unknown == .refused {
                throw violation(.unknownAttribute(name), node)
            }
        }
        for rule in rules where rule.isRequired && attrs?[rule.name] == nil {
            throw violation(.missingAttribute(rule.name), node)
        }
    }

    /// Marks may stand on inline children only, and on no code.
    private func checkMarks(of node: Node, _ rule: NodeRule) throws(SchemaViolation) {
        for child in node.children {
            guard let marks = child.marks, !marks.isEmpty else { continue }
            guard rule.content.admits("text") else { throw violation(.marksOnNode, node) }
            if rule.isCode { throw violation(.markNotAllowed(marks[0].type), node) }
            try check(marks, on: node)
        }
    }

    private func check(_ marks: [Mark], on node: Node) throws(SchemaViolation) {
        for (index, mark) in marks.enumerated() {
            guard let rule = schema.mark(mark.type) else {
                guard unknown == .accepted else { throw violation(.unknownMark(mark.type), node) }
                continue
            }
            try checkAttributes(mark.attrs, rule.attributes, node)
            for (otherIndex, other) in marks.enumerated() where otherIndex != index {
                guard rule.excludesAll || other.type == mark.type else { continue }
                throw violation(.marksExclude(mark.type, other.type), node)
            }
        }
    }

    private func violation(_ rule: SchemaViolation.Rule, _ node: Node) -> SchemaViolation {
        SchemaViolation(path: path, type: node.type, rule: rule)
    }
}
