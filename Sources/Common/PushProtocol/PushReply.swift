internal import JSON

/// What became of one page of a push.
package struct ReportLine: Hashable, Sendable {
    package enum Action: String, Hashable, Sendable, CaseIterable {
        case created, updated, merged, moved, trashed, restored, unchanged, pending, refused, note
    }

    package var action: Action
    /// The file, or empty for a line about the push as a whole.
    package var path: String
    /// Where the page is read in the wiki.
    package var url: String?
    /// What more there is to know: with whom it was merged, why it was refused.
    package var note: String?

    package init(_ action: Action, _ path: String, url: String? = nil, note: String? = nil) {
        self.action = action
        self.path = path
        self.url = url
        self.note = note
    }
}

/// What the daemon answers.
package enum PushReply: Hashable, Sendable {
    /// The lock is the daemon's now.
    case acknowledged
    /// Still at work; sent while there is nothing else to say.
    case working
    case line(ReportLine)
    /// The last message. The summary is one line for the person.
    case done(summary: String)
}

extension PushReply {
    package var bytes: [UInt8] {
        let value: JSONValue =
            switch self {
            case .acknowledged: ["acknowledged": true]
            case .working: ["working": true]
            case .done(let summary): ["done": .string(summary)]
            case .line(let line): line.json
            }
        return value.bytes()
    }

    /// Reads a message; nil for what is none.
    package init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes, limits: JSONLimits(bytes: 1 << 20, depth: 16)) else {
            return nil
        }
        if value["acknowledged"]?.bool == true {
            self = .acknowledged
        } else if value["working"]?.bool == true {
            self = .working
        } else if let summary = value["done"]?.string {
            self = .done(summary: summary)
        } else if let line = ReportLine(value) {
            self = .line(line)
        } else {
            return nil
        }
    }
}

extension ReportLine {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["action": .string(action.rawValue), "path": .string(path)]
        object["url"] = url.map { .string($0) }
        object["note"] = note.map { .string($0) }
        return .object(object)
    }

    fileprivate init?(_ value: JSONValue) {
        guard let action = value["action"]?.string.flatMap({ Action(rawValue: $0) }), let path = value["path"]?.string
        else { return nil }
        self.init(action, path, url: value["url"]?.string, note: value["note"]?.string)
    }
}
