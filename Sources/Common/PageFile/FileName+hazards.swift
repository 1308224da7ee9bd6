/// Names in paths that people push: what some file system or git itself would trip over.
extension FileName {
    /// Why a name must not be in a repository.
    package enum Hazard: Sendable, Equatable, CustomStringConvertible {
        case empty
        case dots
        case git
        case notUTF8
        case controlCharacter
        case backslash
        case tooLong(bytes: Int)

        package var description: String {
            switch self {
            case .empty: "an empty name"
            case .dots: "the name . or .."
            case .git: "a name that some file systems take for .git"
            case .notUTF8: "a name that is not UTF-8"
            case .controlCharacter: "a name with a control character"
            case .backslash: "a name with a backslash, which Windows takes for a folder"
            case .tooLong(let bytes): "a name of \(bytes) bytes; 255 is the most that file systems hold"
            }
        }
    }

    /// The hazard of one component of a path; nil when there is none.
    package static func hazard(ofComponent name: [UInt8]) -> Hazard? {
        if name.isEmpty { return .empty }
        if name == [0x2E] || name == [0x2E, 0x2E] { return .dots }
        if name.count > 255 { return .tooLong(bytes: name.count) }
        guard let text = String(validating: name, as: UTF8.self) else { return .notUTF8 }
        if name.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return .controlCharacter }
        if name.contains(UInt8(ascii: "\\")) { return .backslash }
        return isGit(text) ? .git : nil
    }

    /// `.git` for HFS+ (case, ignored characters) and for NTFS (trailing dots and spaces, streams, short names).
    private static func isGit(_ name: String) -> Bool {
        var key = Array(collisionKey(name).utf8)
        if let colon = key.firstIndex(of: UInt8(ascii: ":")) { key.removeSubrange(colon...) }
        while let last = key.last, last == 0x20 || last == 0x2E { key.removeLast() }
        let text = String(decoding: key, as: UTF8.self)
        return text == ".git" || text == "git~1"
    }
}
