import CShims
import Glibc

/// Carries bytes between git and the responder. A frame is a letter, a length of four bytes, and that many bytes.
///
/// To the responder: `H` who we are, `I` bytes from git, `E` their end, `X` the status of a repository's hook.
/// From the responder: `O` print to git, `T` print for the person, `S` input of the next repository's hook, `C` run it,
/// `Q` end with this status.
struct Relay {
    private let line: Int32
    private var isInputOpen = true
    private var hookInput: [UInt8] = []

    init(line: Int32) { self.line = line }

    /// Says which hook this is, with the variables of git that matter to the checks.
    func greet() {
        var fields = [name]
        var count = 0
        while let option = variable("GIT_PUSH_OPTION_\(count)"), count < 1000 {
            fields.append("GIT_PUSH_OPTION_\(count)=\(option)")
            count += 1
        }
        for name in ["GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"] {
            if let value = variable(name) { fields.append("\(name)=\(value)") }
        }
        send("H", Array(fields.joined(separator: "\0").utf8))
    }

    /// The name git ran us by: the kind of hook.
    private var name: String {
        let path = CommandLine.arguments.first ?? ""
        return path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// Relays until the responder says which status to end with.
    mutating func run() -> Int32 {
        while true {
            var descriptors = [
                pollfd(fd: isInputOpen ? 0 : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: line, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&descriptors, 2, -1) > 0 else { continue }
            if descriptors[1].revents != 0 {
                guard let frame = receive() else {
                    // The responder is gone; git must not take silence for consent.
                    print(to: 2, Array("docmost-git: the server stopped while it worked on this push\n".utf8))
                    return 1
                }
                if let status = obey(frame) { return status }
            } else if descriptors[0].revents != 0 {
                forwardInput()
            }
        }
    }

    private mutating func forwardInput() {
        var buffer = [UInt8](repeating: 0, count: 32_768)
        let count = read(0, &buffer, buffer.count)
        if count > 0 {
            send("I", Array(buffer[..<count]))
        } else if count == 0 || dg_errno() != EINTR {
            isInputOpen = false
            send("E", [])
        }
    }

    /// Does what a frame says; returns the status to end with, if it says so.
    private mutating func obey(_ frame: (kind: UInt8, bytes: [UInt8])) -> Int32? {
        switch frame.kind {
        case UInt8(ascii: "O"): print(to: 1, frame.bytes)
        case UInt8(ascii: "T"): print(to: 2, frame.bytes)
        case UInt8(ascii: "S"): hookInput += frame.bytes
        case UInt8(ascii: "C"):
            let words = frame.bytes.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            let status = runRepositoryHook(words, input: hookInput)
            hookInput = []
            send("X", [UInt8(truncatingIfNeeded: status)])
        case UInt8(ascii: "Q"): return Int32(frame.bytes.first ?? 1)
        default: return 1
        }
        return nil
    }

    private func send(_ kind: Unicode.Scalar, _ bytes: [UInt8]) {
        let length = UInt32(bytes.count)
        let head = [UInt8(ascii: kind)] + (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) }
        // A responder that is gone is noticed by the next read.
        print(to: line, head + bytes)
    }

    private func receive() -> (kind: UInt8, bytes: [UInt8])? {
        guard let head = take(5) else { return nil }
        let length = head[1...].reduce(0) { $0 << 8 | Int($1) }
        return take(length).map { (head[0], $0) }
    }

    private func take(_ wanted: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: wanted)
        var done = 0
        while done < wanted {
            let count = bytes.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { read(line, $0 + done, wanted - done) } ?? 0
            }
            if count > 0 { done += count } else if count == 0 || dg_errno() != EINTR { return nil }
        }
        return bytes
    }
}
