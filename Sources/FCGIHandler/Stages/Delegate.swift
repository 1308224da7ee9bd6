import Base
import CShims
import Directory
import FastCGI
import GitHTTP
import GitStore
import Glibc
import Inflate
import Processes
import Push
import Vault

/// Lets git answer: starts `git http-backend` for a request that passed every stage, and sees it through to its end.
struct Delegate {
    let backend: GitBackend
    let vault: Vault
    let pushes: Pushes
    let advertisements: Advertisements
    let idleMilliseconds: Int
    /// Becomes readable when a plain CGI process is told to end; -1 elsewhere.
    let interrupt: Int32

    /// What may wait between git and us, of each transfer.
    static let pipeBytes = 524_288

    func callAsFunction(
        _ locked: LockedRequest,
        _ exchange: any Exchange,
        _ record: inout RequestRecord
    ) throws(Refusal) {
        let request = locked.request
        if request.parsed.isProbe { return try answerProbe(request, exchange, &record) }
        if try answerFromMemory(request, exchange, &record) { return }
        let session = request.endpoint == .call(.receivePack) ? try pushes.session(for: locked) : nil
        let inflater = try inflater(for: request)
        let child = try start(request, session)
        var transfer = Transfer(
            exchange,
            child,
            request,
            inflater: inflater,
            idleMilliseconds: idleMilliseconds,
            interrupt: interrupt
        )
        let failure = run(&transfer)
        // The whole group is gone and reaped before anything is given back.
        let isClean = end(child, of: request, after: failure, hasBody: transfer.hasBody)
        record.take(transfer, child)
        if let session { record.take(session.finish()) }
        if failure == .backend || !isClean { vault.forget(request.space.id) }
        try conclude(transfer, failure, isClean: isClean, exchange, &record)
    }

    /// A push is unpacked by us: http-backend, at the early end of a compressed body, signals the receive-pack behind it
    /// while its unpacker still writes, and half a pack stays on disk. A fetch writes nothing.
    private func inflater(for request: GatedRequest) throws(Refusal) -> Inflater? {
        guard request.parsed.isCompressed, request.endpoint == .call(.receivePack) else { return nil }
        do throws(InflateError) { return try Inflater() } catch { throw .backendFailed("no memory to unpack with") }
    }

    private func run(_ transfer: inout Transfer) -> Transfer.Failure? {
        do throws(Transfer.Failure) {
            try transfer.run()
            return nil
        } catch {
            return error
        }
    }

    /// Whether git ended by itself and was content.
    ///
    /// After a failure git first sees the end of its input and may tidy up: a receive-pack that is signalled while
    /// its unpacker still writes leaves a quarantine behind. Whoever is too slow is ended with the whole group, and
    /// what it left is removed: nobody else knows the name.
    private func end(
        _ child: Child,
        of request: GatedRequest,
        after failure: Transfer.Failure?,
        hasBody: Bool
    ) -> Bool {
        let isBrokenPush = failure != nil && request.endpoint.service == .receivePack
        let quarantines = isBrokenPush ? child.values(of: "GIT_QUARANTINE_PATH") : []
        child.closeInput()
        if isBrokenPush { discardOutput(of: child, until: .after(milliseconds: hasBody ? 200 : 1200)) }
        child.closeOutput()
        let status = child.wait(until: .after(milliseconds: failure == nil ? 5000 : 100))
        child.terminate(graceMilliseconds: status == nil || isBrokenPush ? 400 : 0)
        for path in quarantines { vault.removeQuarantine(path, of: request.space.id) }
        return failure == nil && status?.isSuccess == true
    }

    private func discardOutput(of child: Child, until deadline: Deadline) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !deadline.hasPassed {
            _ = wait(for: child.output, events: .input, deadline: deadline)
            let got = read(child.output, &buffer, buffer.count)
            guard got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)) else { return }
        }
    }

    private func conclude(
        _ transfer: Transfer,
        _ failure: Transfer.Failure?,
        isClean: Bool,
        _ exchange: any Exchange,
        _ record: inout RequestRecord
    ) throws(Refusal) {
        if failure == nil, isClean { return exchange.finish(by: .after(milliseconds: idleMilliseconds)) }
        record.cause = transfer.errorText ?? failure.map { "\($0)" }
        record.isCutOff = true
        switch failure {
        case .backend where !transfer.hasReplied:
            record.isCutOff = false
            throw .backendFailed(transfer.errorText ?? "git gave no reply")
        case .stalled where !transfer.hasReplied:
            throw .backendFailed("nothing moved for \(idleMilliseconds) ms")
        case .tooLong:
            // The body has not been read to its end, so nothing has left.
            record.isCutOff = false
            throw .bodyTooLarge
        case .backend, .stalled, .clientGone, .interrupted, nil:
            // Part of a reply has left: it must not look complete.
            exchange.abandon()
        }
    }

    private func start(_ request: GatedRequest, _ session: PushSession?) throws(Refusal) -> Child {
        do {
            var command = try command(request)
            if let session {
                command.environment.merge(session.environment)
                command.inherited = [PushSession.descriptorNumber: session.childDescriptor]
            }
            // Our copy of git's end of the line is closed whether or not git was started.
            defer { session?.childStarted() }
            let child = try Child(command)
            // The larger the pipe, the less often git and we wake each other; where it is not allowed, so be it.
            _ = dg_fcntl(child.output, setPipeSize, Int32(Self.pipeBytes))
            try session?.start()
            return child
        } catch {
            throw .backendFailed("\(error)")
        }
    }

    private func command(_ request: GatedRequest) throws -> Command {
        var command = Command(try backend.path(), environment: try environment(request), directory: "/")
        command.input = request.endpoint.isCall ? .pipe : .null
        // Of a fetch each 8 KiB that one process of git writes wakes the next one. Where they take the processor from each
        // other, from the web server or from the client at each of them, a clone takes a fifth longer.
        command.isBatch = request.endpoint == .call(.uploadPack)
        return command
    }

    /// Whether the request was answered without git; see `Advertisements`.
    private func answerFromMemory(
        _ request: GatedRequest,
        _ exchange: any Exchange,
        _ record: inout RequestRecord
    ) throws(Refusal) -> Bool {
        let path = vault.repository(for: request.space.id).path
        let known: (bytes: [UInt8], bodyAt: Int)?
        do {
            known = try advertisements.reply(for: request, repository: path) { try command(request) }
        } catch {
            throw .backendFailed("\(error)")
        }
        guard let known else { return false }
        let deadline = Deadline.after(milliseconds: idleMilliseconds)
        record.status = 200
        do throws(ExchangeError) {
            try exchange.sendAll(known.bytes, by: deadline)
            record.bytesOut = known.bytes.count - known.bodyAt
            exchange.finish(by: deadline)
        } catch {
            record.isCutOff = true
            exchange.abandon()
        }
        return true
    }

    private func environment(_ request: GatedRequest) throws -> Environment {
        let cgi = CGIEnvironment(
            dataDirectory: vault.dataDirectory,
            space: request.space.id,
            endpoint: request.endpoint,
            version: request.version,
            isCompressed: request.parsed.isCompressed && request.endpoint.service == .uploadPack,
            user: request.account.email,
            address: request.parsed.address
        )
        var environment = Environment.git
        environment.merge(cgi.variables)
        switch request.endpoint.service {
        case .uploadPack:
            environment.addGitConfiguration(vault.fetchSettings(for: request.space.id))
            // Partial clones fetch what they lack by its id. Protocol 2 allows that always; 0 and 1 only so.
            environment.addGitConfiguration([("uploadpack.allowAnySHA1InWant", "true")])
        case .receivePack:
            environment.addGitConfiguration(try pushes.settings(for: request.space.id))
        }
        return environment
    }

    /// Before a large body git asks with the four bytes `0000` whether it may log in: no lock, no git, no wake-up.
    private func answerProbe(
        _ request: GatedRequest,
        _ exchange: any Exchange,
        _ record: inout RequestRecord
    ) throws(Refusal) {
        let deadline = Deadline.after(milliseconds: idleMilliseconds)
        let type = ReplyHead.Header("Content-Type", request.endpoint.service.resultType)
        let head = ReplyHead(status: 200, headers: [type] + ReplyHead.notCached)
        let body: [UInt8]
        do throws(ExchangeError) {
            body = try exchange.readAll(atMost: PktLine.flush.count, by: deadline)
            if body == PktLine.flush { try exchange.sendAll(head.bytes, by: deadline) }
        } catch {
            record.isCutOff = true
            return exchange.abandon()
        }
        guard body == PktLine.flush else { throw .malformedRequest }
        record.status = head.status
        record.bytesIn = body.count
        exchange.finish(by: deadline)
    }
}

/// F_SETPIPE_SZ of fcntl(2), which Glibc's module does not export.
private let setPipeSize: Int32 = 1031
