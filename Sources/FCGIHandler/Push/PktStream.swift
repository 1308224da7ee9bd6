internal import GitHTTP

/// git's packets, out of the input of a hook.
struct PktStream {
    private let line: HookLine
    private var buffer: [UInt8] = []
    private var hasEnded = false

    enum Packet: Equatable { case flush, data([UInt8]) }

    init(_ line: HookLine) { self.line = line }

    /// The next packet; nil when the input has ended or is no packet.
    mutating func next() -> Packet? {
        guard let head = take(4), let length = Int(String(decoding: head, as: UTF8.self), radix: 16) else { return nil }
        if length == 0 { return .flush }
        guard length >= 4, var content = take(length - 4) else { return nil }
        if content.last == UInt8(ascii: "\n") { content.removeLast() }
        return .data(content)
    }

    /// The packets before the next flush.
    mutating func section() -> [[UInt8]]? {
        var packets: [[UInt8]] = []
        while let packet = next() {
            guard case .data(let content) = packet else { return packets }
            packets.append(content)
        }
        return nil
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while buffer.count < count {
            guard !hasEnded, case .input(let bytes)? = line.next() else {
                hasEnded = true
                return nil
            }
            buffer += bytes
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }
}
