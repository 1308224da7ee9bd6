import GitStore

/// Takes files out of a history: pure, on the stream between `git fast-export --no-data` and `git fast-import`.
///
/// Commits stay, with author and date; one that touched a file that goes loses its message too, which may name it.
struct HistoryFilter {
    /// A file as one commit wrote it.
    struct Version: Hashable {
        let path: [UInt8]
        let id: ObjectID
    }

    /// The ref under which the new history is written.
    let ref: String
    /// What goes.
    let versions: Set<Version>

    static let message = Array("A page that was purged\n".utf8)

    /// The stream without the versions that go.
    ///
    /// - Returns: the new stream, how many commits have lost something, and which of the old ones had held a version.
    func apply(to stream: [UInt8]) -> (stream: [UInt8], changed: Int, holders: Set<ObjectID>) {
        let paths = Set(versions.map(\.path))
        var output: [UInt8] = []
        var changed = 0
        var holders: Set<ObjectID> = []
        var original: ObjectID?
        var lines = StreamLines(stream)
        var head: [UInt8] = []
        var message: [UInt8]?
        var body: [UInt8] = []
        var touches = false
        func flush() {
            output += head
            if let message {
                let text = touches ? Self.message : message
                output += Array("data \(text.count)\n".utf8) + text
                if text.last != 0x0A { output.append(0x0A) }
            }
            output += body
            if touches { changed += 1 }
            head = []
            message = nil
            body = []
            touches = false
        }
        while let line = lines.next() {
            if line.starts(with: "commit ".utf8) || line.starts(with: "reset ".utf8) {
                flush()
                let word = line.starts(with: "commit ".utf8) ? "commit" : "reset"
                head += Array("\(word) \(ref)\n".utf8)
            } else if line.starts(with: "data ".utf8) {
                message = lines.take(Self.dataCount(line))
            } else if message == nil, line.starts(with: "original-oid ".utf8) {
                original = ObjectID(hexadecimal: line.dropFirst("original-oid ".utf8.count))
            } else if let version = Self.written(line), versions.contains(version) {
                touches = true
                if let original { holders.insert(original) }
                body += Array("D ".utf8) + Self.quotedPath(line) + [0x0A]
            } else {
                if line.starts(with: "D ".utf8), paths.contains(Self.path(line.dropFirst(2))) { touches = true }
                if message == nil { head += line + [0x0A] } else { body += line + [0x0A] }
            }
        }
        flush()
        return (output, changed, holders)
    }

    private static func dataCount(_ line: ArraySlice<UInt8>) -> Int {
        Int(String(decoding: line.dropFirst(5), as: UTF8.self)) ?? 0
    }

    /// `M <mode> <object> <path>`.
    private static func written(_ line: ArraySlice<UInt8>) -> Version? {
        guard line.starts(with: "M ".utf8) else { return nil }
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
        guard fields.count == 4, let id = ObjectID(hexadecimal: fields[2]) else { return nil }
        return Version(path: path(fields[3]), id: id)
    }

    private static func quotedPath(_ line: ArraySlice<UInt8>) -> [UInt8] {
        line.split(separator: UInt8(ascii: " "), maxSplits: 3).last.map { Array($0) } ?? []
    }

    /// A path without fast-export's C-style quotes.
    static func path(_ text: ArraySlice<UInt8>) -> [UInt8] {
        guard text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\""), text.count >= 2 else {
            return Array(text)
        }
        var path: [UInt8] = []
        var rest = text.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() else {
                path.append(byte)
                continue
            }
            switch escaped {
            case UInt8(ascii: "a"): path.append(0x07)
            case UInt8(ascii: "b"): path.append(0x08)
            case UInt8(ascii: "t"): path.append(0x09)
            case UInt8(ascii: "n"): path.append(0x0A)
            case UInt8(ascii: "v"): path.append(0x0B)
            case UInt8(ascii: "f"): path.append(0x0C)
            case UInt8(ascii: "r"): path.append(0x0D)
            case UInt8(ascii: "0")...UInt8(ascii: "3"):
                let digits = [escaped] + rest.prefix(2)
                rest = rest.dropFirst(2)
                path.append(UInt8(String(decoding: digits, as: UTF8.self), radix: 8) ?? escaped)
            default: path.append(escaped)
            }
        }
        return path
    }
}

/// The lines of a stream, some of which announce bytes that are no lines.
private struct StreamLines {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
        guard position < bytes.count else { return nil }
        let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
        defer { position = end + 1 }
        return bytes[position..<end]
    }

    mutating func take(_ count: Int) -> [UInt8] {
        let end = min(bytes.count, position + count)
        defer { position = end }
        return Array(bytes[position..<end])
    }
}
