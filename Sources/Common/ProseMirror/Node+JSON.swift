package import JSON

extension Node {
    /// Reads a node from its JSON.
    ///
    /// Nothing is lost: `json` of the result means the same, member for member. Recurses once per level.
    package init(json: JSONValue) throws(SchemaViolation) {
        do throws(MalformedNode) {
            self = try Node(reading: json)
        } catch {
            throw SchemaViolation(path: error.path.reversed(), type: error.type, rule: .malformed(error.reason))
        }
    }

    /// Reads a node from the bytes of its JSON.
    package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(SchemaViolation) {
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: bytes, limits: limits) } catch {
            throw SchemaViolation(path: [], type: "", rule: .malformed(error.description))
        }
        try self.init(json: json)
    }

    /// The node's JSON, its members in the order in which ProseMirror writes them.
    package var json: JSONValue {
        var members: [JSONObject.Member] = [("type", .string(type))]
        if let attrs { members.append(("attrs", .object(attrs))) }
        if let content { members.append(("content", .array(content.map(\.json)))) }
        if let marks { members.append(("marks", .array(marks.map(\.json)))) }
        if let text { members.append(("text", .string(text))) }
        if let extra { members += extra.members }
        return .object(JSONObject(members))
    }

    private init(reading json: JSONValue) throws(MalformedNode) {
        guard case .object(let object) = json else { throw MalformedNode(type: "", reason: "a node is not an object") }
        guard case .string(let type)? = object["type"] else {
            throw MalformedNode(type: "", reason: "a node has no type")
        }
        self.init(type)
        for (key, value) in object.members { try read(key, value) }
    }

    private mutating func read(_ key: String, _ value: JSONValue) throws(MalformedNode) {
        switch (key, value) {
        case ("type", _): break
        case ("attrs", .object(let object)): attrs = object
        case ("text", .string(let string)): text = string
        case ("content", .array(let children)): content = try Node.children(children, of: type)
        case ("marks", .array(let values)): marks = try Node.marks(values, of: type)
        case ("attrs", .null), ("text", .null), ("content", .null), ("marks", .null): keep(key, value)
        case ("attrs", _), ("text", _), ("content", _), ("marks", _):
            throw MalformedNode(type: type, reason: "`\(key)` has the wrong kind of value")
        default: keep(key, value)
        }
    }

    private mutating func keep(_ key: String, _ value: JSONValue) {
        extra = JSONObject((extra?.members ?? []) + [(key, value)])
    }

    private static func children(_ values: [JSONValue], of type: String) throws(MalformedNode) -> [Node] {
        var nodes: [Node] = []
        nodes.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            do throws(MalformedNode) { nodes.append(try Node(reading: value)) } catch {
                throw MalformedNode(path: error.path + [index], type: error.type, reason: error.reason)
            }
        }
        return nodes
    }

    private static func marks(_ values: [JSONValue], of type: String) throws(MalformedNode) -> [Mark] {
        var marks: [Mark] = []
        for value in values {
            guard let mark = Mark(json: value) else { throw MalformedNode(type: type, reason: "a mark has no type") }
            marks.append(mark)
        }
        return marks
    }
}

extension Mark {
    /// Reads a mark from its JSON; nil when it is not an object with a type.
    package init?(json: JSONValue) {
        guard case .object(let object) = json, case .string(let type)? = object["type"] else { return nil }
        self.init(type)
        for (key, value) in object.members {
            switch (key, value) {
            case ("type", _): break
            case ("attrs", .object(let object)): attrs = object
            default: extra = JSONObject((extra?.members ?? []) + [(key, value)])
            }
        }
    }

    /// The mark's JSON.
    package var json: JSONValue {
        var members: [JSONObject.Member] = [("type", .string(type))]
        if let attrs { members.append(("attrs", .object(attrs))) }
        if let extra { members += extra.members }
        return .object(JSONObject(members))
    }
}

/// What is wrong with a node's JSON; the path grows on the way out, innermost index first.
private struct MalformedNode: Error {
    var path: [Int] = []
    let type: String
    let reason: String
}
