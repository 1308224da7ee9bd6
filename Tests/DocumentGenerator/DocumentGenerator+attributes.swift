import JSON
import ProseMirror

/// Values of attributes: what the editor would write, what old imports left, and now and then any text.
extension DocumentGenerator {
    mutating func attributes(of rule: NodeRule) -> JSONObject? {
        var attrs = attributes(of: rule.attributes, in: rule.name)
        if makesUnknown, random.chance(5) {
            attrs = attrs ?? [:]
            attrs?["data-unknown"] = random.chance(50) ? .string(text()) : ["x": [1, nil]]
        }
        return attrs
    }

    mutating func attributes(of rules: [AttributeRule], in type: String) -> JSONObject? {
        var attrs = JSONObject()
        for rule in rules where rule.isRequired || random.chance(rule.name == "dir" ? 5 : 35) {
            attrs[rule.name] = random.chance(3) && !rule.isRequired ? rule.fallback : value(of: rule, in: type)
        }
        return attrs.isEmpty ? nil : attrs
    }

    private mutating func value(of rule: AttributeRule, in type: String) -> JSONValue {
        switch rule.kind {
        case .number: number(rule.name)
        case .boolean: .bool(random.chance(50))
        case .flag: random.pick([true, false, ""])
        case .measure:
            random.pick([
                .number(JSONNumber(random.number(0...2000))), .number(JSONNumber(unchecked: "1.5")), "75%", "600",
            ])
        case .numbers: .array((0..<random.number(1...3)).map { _ in random.pick([100, 250, .null]) })
        case .any: random.pick([["id": "x", "name": .string(text())], "pending", true])
        case .string: .string(string(rule.name, in: type))
        }
    }

    private mutating func number(_ name: String) -> JSONValue {
        switch name {
        case "level": .number(JSONNumber(random.number(1...6)))
        case "indent": .number(JSONNumber(random.number(0...8)))
        case "start": random.pick([1, 0, 2, 5, 10, -3, 999_999_999, 1_000_000_000])
        case "colspan", "rowspan": random.pick([1, 1, 2, 3])
        default: .number(JSONNumber(random.number(0...1000)))
        }
    }

    private mutating func string(_ name: String, in type: String) -> String {
        if isNasty, random.chance(15), name != "textAlign", name != "dir" { return text() }
        switch name {
        case "textAlign": return random.pick(["left", "center", "right", "justify"])
        case "align" where type.hasPrefix("table"): return random.pick(["left", "center", "right"])
        case "align": return random.pick(["left", "center", "right"])
        case "dir": return random.pick(["ltr", "rtl", "auto"])
        case "id" where type == "footnote": return "fn:\(random.number(1...9))"
        case "id" where type == "mention", "attachmentId", "creatorId", "entityId", "pageId", "sourcePageId",
            "commentId":
            return random.uuid()
        case "id", "data-id", "transclusionId": return random.editorID()
        case "language": return random.pick(["js", "swift", "mermaid", "c++", "docmost-json", "html"])
        case "src", "url", "href": return url()
        case "type" where type == "callout":
            return random.pick(["info", "note", "success", "warning", "danger", "default", "other"])
        case "type": return random.pick(["a", "A", "i", "I", "1"])
        case "layout": return random.pick(["two_equal", "three_equal", "two_left_sidebar"])
        case "widthMode": return random.pick(["normal", "wide"])
        case "color" where type == "status": return random.pick(["gray", "green", "red", "blue"])
        case "color", "backgroundColor": return random.pick(["#E03131", "rgb(1, 2, 3)", "red", "#fff"])
        case "colorName", "backgroundColorName": return random.pick(["red", "yellow"])
        case "entityType": return random.pick(["user", "page"])
        case "icon": return random.pick(["🔥", "💡"])
        default: return text()
        }
    }

    private mutating func url() -> String {
        switch random.number(0...5) {
        case 0: "/api/files/\(random.uuid())/a b.png"
        case 1: "https://example.com/a_(b)?c=d&e=%20#f"
        case 2: "/s/space/p/page-\(random.editorID())"
        case 3: "mailto:a@b.c"
        case 4: "javascript:alert(1)"
        default: "https://example.com/\(random.number(1...99))"
        }
    }
}
