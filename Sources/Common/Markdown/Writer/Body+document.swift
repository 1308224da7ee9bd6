import JSON
import ProseMirror

extension Body {
    /// Takes a canonical document apart as a file has it.
    init(_ document: Node, flavor: Flavor) {
        blocks = document.children
        if flavor == .upstream { FootnoteNumbers.remove(&blocks) }
        guard let last = blocks.last, Schema.footnoteLists.contains(last.type) else { return }
        blocks.removeLast()
        if let definitions = Body.definitions(last, flavor: flavor) { footnotes = definitions } else { list = last }
    }

    /// The labels that the file will define.
    func labels(_ flavor: Flavor) -> Set<[UInt8]> {
        let name = flavor == .fork ? "id" : "data-id"
        return Set(footnotes.compactMap { $0.attribute(name)?.string.map { Array($0.utf8) } })
    }

    /// The definitions of a list that the Markdown form can hold as it is.
    private static func definitions(_ list: Node, flavor: Flavor) -> [Node]? {
        let isFork = flavor == .fork
        guard list.type == (isFork ? "footnotesList" : "footnotes"), list.attrs == nil, list.content != nil,
            list.extra == nil
        else { return nil }
        var labels: Set<[UInt8]> = []
        var definitions: [Node] = []
        for (index, child) in list.children.enumerated() {
            guard child.type == (isFork ? "footnoteDefinition" : "footnote"), child.extra == nil,
                let label = child.attribute(isFork ? "id" : "data-id")?.string, !label.isEmpty, label.utf8.count < 200,
                label.utf8.allSatisfy(isFootnoteLabel), labels.insert(Array(label.utf8)).inserted,
                !child.children.isEmpty, child.children.allSatisfy({ $0.type == "paragraph" })
            else { return nil }
            var definition = child
            if !isFork {
                guard child.attribute("id")?.string == "fn:\(index + 1)", child.attrs?.members.count == 2 else {
                    return nil
                }
                definition.attrs = ["data-id": .string(label)]
            } else {
                guard child.attrs?.members.count == 1 else { return nil }
            }
            definitions.append(definition)
        }
        return definitions
    }
}

extension FootnoteNumbers {
    /// Takes away the numbers that reading would give again; a reference without its number says so.
    static func remove(_ blocks: inout [Node]) {
        var number = 0
        for index in blocks.indices { strip(&blocks[index], &number) }
    }

    private static func strip(_ node: inout Node, _ number: inout Int) {
        if node.type == "footnoteReference" {
            number += 1
            if node.attrs?["id"] != nil { return }
            if let shown = node.attrs?["referenceNumber"] {
                if shown.string == String(number) { node.attrs?["referenceNumber"] = nil }
            } else {
                node.attrs = JSONObject((node.attrs?.members ?? []) + [(unnumbered, true)])
            }
            return
        }
        guard let content = node.content,
            content.contains(where: { $0.content != nil || $0.type == "footnoteReference" })
        else { return }
        var children = content
        for index in children.indices { strip(&children[index], &number) }
        node.content = children
    }
}
