internal import JSON
internal import ProseMirror

extension PageWriter {
    /// The document itself, unless PostgreSQL cannot hold it.
    ///
    /// A live document with U+0000 in it could never be stored again by its server, and what people type after it would
    /// be lost with it; so it must not get there.
    func storable(_ document: Node) throws(Stop) -> Node {
        var pending = [document]
        while let node = pending.popLast() {
            var values = [node.attrs, node.extra].compactMap { $0.map { JSONValue.object($0) } }
            values += (node.marks ?? []).compactMap { $0.attrs.map { .object($0) } }
            guard node.text?.utf8.contains(0) != true, !values.contains(where: holdsZero) else {
                throw .outcome(.refused("the text holds the character U+0000, which PostgreSQL cannot store"))
            }
            pending += node.children
        }
        return document
    }

    private func holdsZero(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.utf8.contains(0)
        case .array(let items): items.contains(where: holdsZero)
        case .object(let object): object.members.contains { $0.key.utf8.contains(0) || holdsZero($0.value) }
        case .null, .bool, .number: false
        }
    }
}
