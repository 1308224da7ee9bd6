import Base
import Directory
import FastCGI
import GitHTTP
import Glibc
import Processes
import Vault

/// Lets git answer: starts `git http-backend` for a request that passed every stage, and sees it through to its end.
struct Delegate {
    let backend: GitBackend
    let vault: Vault
    let idleMilliseconds: Int
    /// Becomes readable when a plain CGI process is told to end; -1 elsewhere.
    let interrupt: Int32

    func callAsFunction(
        _ locked: LockedRequest,
        _ exchange: any Exchange,
        _ record: inout RequestRecord
    ) throws(Refusal) {
        let request = locked.request
        if request.parsed.isProbe { return try answerProbe(request, exchange, &record) }
        let child = try start(request)
        var transfer = Transfer(exchange, child, request, idleMilliseconds: idleMilliseconds, interrupt: interrupt)
        let failure = run(&transfer)
        // The whole group is gone and reaped before anything is given back.
        let isClean = end(child, of: request.endpoint.service, afterFailure: failure != nil)
        record.take(transfer, child)
        try conclude(transfer, failure, isClean: isClean, exchange, &record)
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
    /// its unpacker still writes leaves a quarantine behind. Whoever is too slow is ended with the whole group.
    private func end(_ child: Child, of service: GitService, afterFailure hasFailed: Bool) -> Bool {
        child.closeInput()
        if hasFailed, service == .receivePack { discardOutput(of: child, until: .after(milliseconds: 1500)) }
        child.closeOutput()
        let status = child.wait(until: .after(milliseconds: hasFailed ? 500 : 5000))
        child.terminate(graceMilliseconds: status == nil ? 500 : 0)
        return !hasFailed && status?.isSuccess == true
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
        case .backend, .stalled, .clientGone, .interrupted, nil:
            // Part of a reply has left: it must not look complete.
            exchange.abandon()
        }
    }

    private func start(_ request: PreparedRequest) throws(Refusal) -> Child {
        var environment = Environment.git
        environment.merge(
            CGIEnvironment(
                dataDirectory: vault.dataDirectory,
                space: request.space.id,
                endpoint: request.endpoint,
                version: request.version,
                isCompressed: request.parsed.isCompressed,
                user: request.account.email,
                address: request.parsed.address
            ).variables
        )
        environment.addGitConfiguration(vault.fetchSettings(for: request.space.id))
        // Partial clones fetch what they lack by its id. Protocol 2 allows that always; 0 and 1 only so.
        environment.addGitConfiguration([("uploadpack.allowAnySHA1InWant", "true")])
        do throws(ProcessError) {
            let input: Command.Stream = request.endpoint.isCall ? .pipe : .null
            return try Child(Command(try backend.path(), environment: environment, directory: "/", input: input))
        } catch {
            throw .backendFailed(error.message)
        }
    }

    /// Before a large body git asks with the four bytes `0000` whether it may log in: no lock, no git, no wake-up.
    private func answerProbe(
        _ request: PreparedRequest,
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
