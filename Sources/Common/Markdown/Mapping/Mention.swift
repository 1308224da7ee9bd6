import JSON
import ProseMirror

/// A mention as a link: `[@Jane](mention:user:<entity>?id=<id>&by=<creator>)`.
enum Mention {
    private static let parameters = [("slug", "slugId"), ("id", "id"), ("by", "creatorId"), ("anchor", "anchorId")]

    static func node(destination: String, label: String) -> Node? {
        let parts = destination.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[1].isEmpty else { return nil }
        let query = parts[2].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var attrs = JSONObject()
        let isUser = parts[1] == "user"
        guard !isUser || label.utf8.first == UInt8(ascii: "@") else { return nil }
        attrs.members.append(("label", .string(isUser ? String(label.dropFirst()) : label)))
        attrs.members.append(("entityType", .string(String(parts[1]))))
        if !query[0].isEmpty { attrs.members.append(("entityId", .string(String(query[0])))) }
        if query.count == 2 {
            for field in query[1].split(separator: "&", omittingEmptySubsequences: false) {
                let pair = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard pair.count == 2, let name = parameters.first(where: { $0.0 == pair[0] })?.1 else { return nil }
                attrs.members.append((name, .string(String(pair[1]))))
            }
        }
        return Node("mention", attrs: attrs)
    }

    /// The link's text and destination; nil when an attribute does not fit into it.
    static func link(_ node: Node) -> (label: String, destination: String)? {
        guard let attrs = node.attrs, let label = attrs["label"]?.string, let type = attrs["entityType"]?.string,
            isPlain(type), !type.isEmpty
        else { return nil }
        var destination = "mention:" + type + ":"
        if let entity = attrs["entityId"] {
            guard let text = entity.string, isPlain(text), !text.isEmpty else { return nil }
            destination += text
        }
        var separator = "?"
        for (short, name) in parameters {
            guard let value = attrs[name] else { continue }
            guard let text = value.string, isPlain(text) else { return nil }
            destination += separator + short + "=" + text
            separator = "&"
        }
        return (type == "user" ? "@" + label : label, destination)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0.isAlphanumeric || $0 == ASCII.dash || $0 == ASCII.underscore }
    }
}
