internal import CShims
internal import Glibc

/// The responder's end of the line to the hook program; frames as `Hook/Relay.swift` describes them.
struct HookLine: Sendable {
    /// What the hook program says.
    enum Message {
        case hello(HookCall)
        case input([UInt8])
        case inputEnd
        case repositoryHookEnded(status: UInt8)
    }

    let descriptor: Int32

    /// The next message; nil when git's processes are gone, or speak nonsense.
    func next() -> Message? {
        guard let head = take(5) else { return nil }
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        // git refuses longer packets itself; more is no hook of ours.
        guard length <= 4 << 20, let bytes = take(length) else { return nil }
        switch head[0] {
        case UInt8(ascii: "H"): return HookCall(bytes).map { .hello($0) }
        case UInt8(ascii: "I"): return .input(bytes)
        case UInt8(ascii: "E"): return .inputEnd
        case UInt8(ascii: "X"): return .repositoryHookEnded(status: bytes.first ?? 1)
        default: return nil
        }
    }

    /// Bytes for git.
    func write(_ bytes: [UInt8]) { send("O", bytes) }

    /// Text for the person; git shows each line with `remote: ` before it.
    func tell(_ text: String) { send("T", Array((text + "\n").utf8)) }

    /// Ends the hook.
    func quit(status: UInt8) { send("Q", [status]) }

    /// Runs the repository's own hook of a kind, when it has one; true when it has none or agrees.
    func repositoryAgrees(_ kind: String, _ arguments: [String] = [], input: [UInt8] = []) -> Bool {
        var rest = input[...]
        while !rest.isEmpty {
            send("S", Array(rest.prefix(1 << 20)))
            rest = rest.dropFirst(1 << 20)
        }
        send("C", Array(([kind] + arguments).joined(separator: "\0").utf8))
        while let message = next() {
            if case .repositoryHookEnded(let status) = message { return status == 0 }
        }
        return false
    }

    /// Whether all of git's processes are gone.
    var isHungUp: Bool {
        // A hang-up is always reported; bytes that wait are of no interest here.
        var entry = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    private func send(_ kind: Unicode.Scalar, _ bytes: [UInt8]) {
        let length = UInt32(bytes.count)
        let head = [UInt8(ascii: kind)] + (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) }
        let frame = head + bytes
        var done = 0
        while done < frame.count {
            let count = frame.withUnsafeBytes { buffer in
                buffer.baseAddress.map {
                    Glibc.send(descriptor, $0 + done, buffer.count - done, Int32(MSG_NOSIGNAL))
                } ?? 0
            }
            // A hook that is gone is noticed by the next read.
            if count > 0 { done += count } else if dg_errno() != EINTR { return }
        }
    }

    private func take(_ wanted: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: wanted)
        var done = 0
        while done < wanted {
            let count = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { read(descriptor, $0 + done, wanted - done) } ?? 0
            }
            if count > 0 { done += count } else if count == 0 || dg_errno() != EINTR { return nil }
        }
        return bytes
    }
}

/// A hook that git has started.
struct HookCall {
    let kind: String
    /// Options of the push (`git push -o`).
    let options: [String]
    /// Where git keeps the pushed objects until it has accepted them.
    let quarantine: [String: String]

    /// - Parameter greeting: fields separated by NUL: the kind, then variables as `NAME=value`.
    init?(_ greeting: [UInt8]) {
        let fields = greeting.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard let kind = fields.first else { return nil }
        self.kind = kind
        var options: [String] = []
        var quarantine: [String: String] = [:]
        for field in fields.dropFirst() {
            guard let equals = field.firstIndex(of: "=") else { continue }
            let value = String(field[field.index(after: equals)...])
            if field.hasPrefix("GIT_PUSH_OPTION_") {
                options.append(value)
            } else {
                quarantine[String(field[..<equals])] = value
            }
        }
        self.options = options
        self.quarantine = quarantine
    }
}
