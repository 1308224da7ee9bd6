internal import Base
internal import CHiredis
internal import Glibc

/// A connected socket with hiredis' reader and writer on it; every wait is ours, with a deadline.
struct RedisLink: ~Copyable {
    private let context: UnsafeMutablePointer<redisContext>

    init(to url: RedisURL, timeoutMilliseconds: Int) throws(RedisError) {
        let timeout = timeval(tv_sec: timeoutMilliseconds / 1000, tv_usec: timeoutMilliseconds % 1000 * 1000)
        let made =
            switch url.place {
            case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(port), timeout)
            case .unix(let path): redisConnectUnixWithTimeout(path, timeout)
            }
        guard let context = made else { throw RedisError(.cannotConnect, "out of memory") }
        guard context.pointee.err == 0 else {
            let message = Self.message(of: context)
            redisFree(context)
            throw RedisError(.cannotConnect, message)
        }
        self.context = context
        // Bounds the sending side; the receiving side is bounded by poll.
        _ = redisSetTimeout(context, timeout)
        if case .tcp = url.place { _ = redisEnableKeepAlive(context) }
    }

    deinit { redisFree(context) }

    /// Whether nothing has come in that nobody asked for, such as the end of the connection.
    var isQuiet: Bool {
        var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 0
    }

    /// Sends one command.
    func send(_ words: [RedisArgument]) throws(RedisError) {
        let appended = withArguments(words) { count, values, lengths in
            redisAppendCommandArgv(context, count, values, lengths)
        }
        guard appended == REDIS_OK else { throw failure }
        var isDone: Int32 = 0
        while isDone == 0 {
            let written = withoutPipeSignal { redisBufferWrite(context, &isDone) }
            guard written == REDIS_OK else { throw failure }
        }
    }

    /// The next reply, nil if none came before the deadline.
    func receive(until deadline: Deadline) throws(RedisError) -> RedisReply? {
        while true {
            var reply: UnsafeMutableRawPointer?
            guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw failure }
            if let reply {
                defer { freeReplyObject(reply) }
                return RedisReply(reply.assumingMemoryBound(to: redisReply.self))
            }
            var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
            let ready = poll(&descriptor, 1, deadline.pollTimeout)
            if ready < 0 && errno == EINTR { continue }
            if ready <= 0 { return nil }
            guard redisBufferRead(context) == REDIS_OK else { throw failure }
        }
    }

    private var failure: RedisError { RedisError(.connectionLost, Self.message(of: context)) }

    private static func message(of context: UnsafeMutablePointer<redisContext>) -> String {
        withUnsafePointer(to: &context.pointee.errstr) { pointer in
            String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
        }
    }
}

/// Calls with the words of a command as C arrays that are valid during the call only.
private func withArguments<Result>(
    _ words: [RedisArgument],
    _ body: (Int32, UnsafeMutablePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int>?) -> Result
) -> Result {
    var storage = words.flatMap(\.bytes)
    storage.append(0)
    let lengths = words.map(\.bytes.count)
    return storage.withUnsafeBytes { buffer in
        var offset = 0
        var pointers: [UnsafePointer<CChar>?] = lengths.map { length in
            defer { offset += length }
            return buffer.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
        }
        return body(Int32(words.count), &pointers, lengths)
    }
}

/// Runs a write that must not end the process when the other side has gone.
///
/// hiredis writes with write(2), so the signal is held back for this thread and taken off the queue afterwards. The
/// disposition of the process is left alone: git and its hooks would inherit it.
private func withoutPipeSignal<Result>(_ body: () -> Result) -> Result {
    var pipe = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    sigpending(&pending)
    pthread_sigmask(SIG_BLOCK, &pipe, &before)
    defer {
        if sigismember(&pending, SIGPIPE) == 0 {
            var now = timespec()
            while sigtimedwait(&pipe, nil, &now) < 0 && errno == EINTR {}
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    return body()
}
