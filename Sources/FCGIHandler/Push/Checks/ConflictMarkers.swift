/// Finds what an unfinished merge leaves in a text.
enum ConflictMarkers {
    /// The line of the first marker that begins a conflict; nil when there is none outside of fenced code.
    ///
    /// Only a complete conflict counts: `=======` alone underlines a heading.
    static func firstLine(in text: [UInt8]) -> Int? {
        var number = 0
        var begin: Int?
        var hasMiddle = false
        var fence: (byte: UInt8, count: Int)?
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            if let mark = fenceMark(line) {
                if let open = fence {
                    let closes = mark.byte == open.byte && mark.count >= open.count && mark.isBare
                    if closes { fence = nil }
                } else {
                    fence = (mark.byte, mark.count)
                }
                continue
            }
            guard fence == nil else { continue }
            if isMarker(line, UInt8(ascii: "<")) {
                begin = begin ?? number
            } else if begin != nil, isMarker(line, UInt8(ascii: "=")) {
                hasMiddle = true
            } else if hasMiddle, isMarker(line, UInt8(ascii: ">")) {
                return begin
            }
        }
        return nil
    }

    /// Exactly seven of the byte, then the end or a space.
    private static func isMarker(_ line: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        guard line.count >= 7, line.prefix(7).allSatisfy({ $0 == byte }) else { return false }
        let after = line.dropFirst(7).first
        return after == nil || after == UInt8(ascii: " ") || after == UInt8(ascii: "\r")
    }

    /// A line that may open or close fenced code (CommonMark §4.5); `isBare`: nothing follows, so it may close one.
    private static func fenceMark(_ line: ArraySlice<UInt8>) -> (byte: UInt8, count: Int, isBare: Bool)? {
        let indent = line.prefix { $0 == UInt8(ascii: " ") }.count
        let rest = line.dropFirst(indent)
        guard indent < 4, let byte = rest.first, byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") else {
            return nil
        }
        let count = rest.prefix { $0 == byte }.count
        guard count >= 3 else { return nil }
        let info = rest.dropFirst(count)
        // An info string of backticks is inline code, not a fence.
        if byte == UInt8(ascii: "`"), info.contains(byte) { return nil }
        return (byte, count, info.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") })
    }
}
