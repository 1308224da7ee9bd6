import Base

/// The framing of git's protocol: four hexadecimal digits of length, then the line.
package enum PktLine {
    /// The end of a list of lines. As the whole body of a push it is git's question whether it may log in.
    package static let flush = Array("0000".utf8)

    /// The longest content of one line.
    package static let maximumContent = 65_516

    /// One line; content beyond the maximum is cut.
    package static func encode(_ content: some Collection<UInt8>) -> [UInt8] {
        let taken = content.prefix(maximumContent)
        let length = UInt16(taken.count + 4)
        let digits = (0..<4).map { hexDigit(UInt8(truncatingIfNeeded: length >> UInt16(12 - 4 * $0)) & 15) }
        return digits + Array(taken)
    }
}
