import JSON
import ProseMirror

/// The numbers of footnotes, which follow from their order: written files do not hold them.
enum FootnoteNumbers {
    /// Marks, in a file, a reference that has no number although it should.
    static let unnumbered = "unnumbered"

    /// Numbers the references in the order of the document, and the definitions in the order of their list.
    static func assign(_ body: inout Body, flavor: Flavor) {
        guard flavor == .upstream else { return }
        var number = 0
        for index in body.blocks.indices { number = count(&body.blocks[index], from: number) }
        if var list = body.list {
            number = count(&list, from: number)
            body.list = list
        }
        for index in body.footnotes.indices {
            if body.footnotes[index].attrs?["id"] == nil {
                body.footnotes[index].attrs?.members.insert(("id", .string("fn:\(index + 1)")), at: 0)
            }
            number = count(&body.footnotes[index], from: number)
        }
    }

    private static func count(_ node: inout Node, from number: Int) -> Int {
        var number = number
        if node.type == "footnoteReference" {
            number += 1
            // The fork's references have an id, and no number.
            if node.attrs?[unnumbered] == true {
                node.attrs?[unnumbered] = nil
            } else if node.attrs?["id"] == nil, node.attrs?["referenceNumber"] == nil {
                let shown = ("referenceNumber", JSONValue.string(String(number)))
                node.attrs = JSONObject((node.attrs?.members ?? []) + [shown])
            }
            return number
        }
        guard let content = node.content else { return number }
        for index in content.indices where content[index].content != nil || content[index].type == "footnoteReference" {
            // Taken out, so that the node is changed where it stands.
            guard var child = node.content?[index] else { continue }
            let next = count(&child, from: number)
            if next != number { node.content?[index] = child }
            number = next
        }
        return number
    }
}
