import Base
import CShims
import FastCGI
import GitHTTP
import Glibc
import Inflate
import Processes

/// Moves the bytes between a client and a git that runs: one poll loop over the connection and all of git's pipes.
///
/// Ends when everything has arrived, when the client goes away, or when nothing has moved for the idle time.
struct Transfer {
    enum Failure: Error {
        /// The client went away, or never came to the end of its body.
        case clientGone
        /// Nothing moved for too long.
        case stalled
        /// git ended without a reply, or in the middle of one.
        case backend
        /// Too much is said in front of the pack of a push.
        case tooLong
        /// This process was told to end.
        case interrupted
    }

    private let exchange: any Exchange
    private let child: Child
    private let isCall: Bool
    private let idleMilliseconds: Int
    private let interrupt: Int32
    private var upload: Upload
    private var download = Download()
    private(set) var errors: [UInt8] = []
    private var idle: Deadline

    /// - Parameter interrupt: a descriptor that becomes readable when the transfer must be given up; -1 for none.
    /// - Parameter inflater: unpacks the body on its way.
    init(
        _ exchange: any Exchange,
        _ child: Child,
        _ request: GatedRequest,
        inflater: Inflater?,
        idleMilliseconds: Int,
        interrupt: Int32
    ) {
        self.exchange = exchange
        self.child = child
        self.idleMilliseconds = idleMilliseconds
        self.interrupt = interrupt
        isCall = request.endpoint.isCall
        upload = Upload(
            expected: isCall ? request.parsed.contentLength : nil,
            inflater: inflater,
            preamble: request.endpoint == .call(.receivePack) ? PushPreamble() : nil
        )
        idle = .after(milliseconds: idleMilliseconds)
        if !isCall { upload.discard() }
    }

    var bytesIn: Int { upload.received }
    var bytesOut: Int { max(0, download.sent) }
    var status: Int? { download.head?.status }
    /// Whether a part of git's reply has left, so that no other one can be given.
    var hasReplied: Bool { isFlowing && download.head != nil }

    /// git has been given the whole body.
    var hasBody: Bool { upload.hasEnded }

    /// A reply may leave: it never stands in the way of the body.
    private var isFlowing: Bool { !isCall || upload.hasEnded }

    mutating func run() throws(Failure) {
        while true {
            if child.output < 0, download.head == nil || download.isMalformed { throw .backend }
            if child.output < 0, upload.hasEnded || !isCall, download.isEmpty, !exchange.hasPendingOutput { return }
            try step()
        }
    }

    private mutating func step() throws(Failure) {
        var entries = pollEntries()
        let isBuffered = upload.wantsInput && exchange.hasBufferedInput
        let ready = poll(&entries, nfds_t(entries.count), isBuffered ? 0 : idle.pollTimeout)
        if ready == 0, !isBuffered {
            guard !idle.hasPassed else { throw .stalled }
            return
        }
        let events = entries.map { PollEvents(rawValue: $0.revents) }
        if !events[5].isEmpty { throw .interrupted }
        do throws(ExchangeError) {
            try moveInput(events, isBuffered: isBuffered)
            try moveOutput(events)
        } catch {
            throw error == .timedOut ? .stalled : .clientGone
        }
        if upload.isTooLong { throw .tooLong }
        if download.isMalformed { throw .backend }
    }

    /// In this order: body, reply, git's input, output and errors, interruption. A descriptor of -1 is passed over.
    private func pollEntries() -> [pollfd] {
        func entry(_ descriptor: Int32, _ events: PollEvents) -> pollfd {
            pollfd(fd: descriptor, events: events.rawValue, revents: 0)
        }
        let body = upload.wantsInput ? exchange.inputDescriptor : -1
        var reply: PollEvents = upload.hasEnded ? exchange.closingEvents : []
        if isFlowing, download.wantsOutput(exchange) { reply.insert(.output) }
        // What is pending may wait in git's pipe.
        let isReading = child.output >= 0 && download.wantsInput(flowing: isFlowing) && !exchange.hasPendingOutput
        return [
            entry(body, .input), entry(exchange.outputDescriptor, reply),
            entry(upload.wantsOutput ? child.input : -1, .output), entry(isReading ? child.output : -1, .input),
            entry(child.errors, .input), entry(interrupt, .input),
        ]
    }

    private mutating func moveInput(_ events: [PollEvents], isBuffered: Bool) throws(ExchangeError) {
        if upload.wantsInput, isBuffered || !events[0].isEmpty {
            try upload.read(from: exchange)
            progressed()
            if upload.hasEnded || upload.isDamaged { child.closeInput() }
        }
        if !events[1].isDisjoint(with: .gone) || !events[1].isDisjoint(with: exchange.closingEvents), upload.hasEnded {
            guard !exchange.peerHasGone else { throw .disconnected }
        } else if !events[1].isDisjoint(with: [.error, .hangUp]) {
            throw .disconnected
        }
        if !events[2].isEmpty, upload.wantsOutput {
            upload.write(to: child)
            progressed()
        }
    }

    private mutating func moveOutput(_ events: [PollEvents]) throws(ExchangeError) {
        if !events[3].isEmpty {
            if isFlowing { gatherOutput() }
            let isForwarded = isFlowing ? try download.forward(from: child, to: exchange) : false
            if !isForwarded, !download.read(from: child) { child.closeOutput() }
            progressed()
        }
        // Until the connection is full: a record takes half of what one read from git brings.
        while isFlowing, download.wantsOutput(exchange), try download.send(to: exchange) { progressed() }
        if !events[4].isEmpty { readErrors() }
    }

    /// Lets git fill a good part of its pipe before it is emptied.
    ///
    /// git writes 5 bytes and 65 515 bytes in turn. Woken by each of them, we would wake the web server, and it the
    /// client, for each of them: of a clone that runs at full speed that was most of the cost of being in between.
    private func gatherOutput() {
        guard download.sent > Self.unhurriedBytes else { return }
        let waiting = dg_pipe_available(child.output)
        if waiting > 0, waiting < Delegate.pipeBytes / 2 { usleep(Self.gatheringMicroseconds) }
    }

    /// Up to here every byte is passed on at once, as are a push's messages and all small replies.
    private static let unhurriedBytes = 1 << 20
    private static let gatheringMicroseconds: UInt32 = 300

    /// git's words for the log; only the first few kilobytes are kept, all are read.
    private mutating func readErrors() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let got = Glibc.read(child.errors, &buffer, buffer.count)
        if got > 0 {
            errors.append(contentsOf: buffer.prefix(min(got, max(0, 4096 - errors.count))))
        } else if got == 0 || (errno != EAGAIN && errno != EINTR) {
            child.closeErrors()
        }
    }

    private mutating func progressed() { idle = .after(milliseconds: idleMilliseconds) }
}

extension Transfer {
    /// What git wrote to its standard error, for the log; nil for nothing.
    var errorText: String? {
        errors.isEmpty ? nil : String(decoding: errors, as: UTF8.self)
    }
}

extension RequestRecord {
    mutating func take(_ transfer: Transfer, _ child: Child) {
        bytesIn += transfer.bytesIn
        bytesOut += transfer.bytesOut
        status = transfer.status ?? 0
        processorMicroseconds = child.processorMicroseconds
    }
}
