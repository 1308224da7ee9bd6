package import Base
internal import JSON
internal import Redis
package import YDoc

/// One editor's session in a page that a server holds in memory, spoken over Redis instead of a web socket.
///
/// Docmost checks the user's rights as for any editor, and every browser sees the change at once.
package final class LiveSession {
    /// The page as the server holds it, as far as it has told us.
    package private(set) var document = YDoc()
    /// Whether the user may only read.
    package private(set) var isReadOnly = false

    private let collab: Collab
    private let server: String
    private let name: String
    private let socket: String
    private let replyChannel: String
    private let inbox: RedisSubscriber

    /// Joins an open page as a user and waits until the whole document has come.
    package init(
        _ collab: Collab,
        page: PageID,
        on server: String,
        as user: UserID,
        in workspace: WorkspaceID
    ) throws(CollabError) {
        guard let secret = collab.settings.secret else {
            throw CollabError(.noSecret, "the page is open in an editor, and APP_SECRET is not known")
        }
        self.collab = collab
        self.server = try collab.holder(of: page, otherwise: server)
        name = Collab.documentName(page)
        // A fresh socket each time: a refused token blocks its socket on some versions.
        let random = bigEndianBytes(randomWord()) + bigEndianBytes(randomWord())
        socket = Base64.encode(random)
        replyChannel = "docmost-git:live:\(hexString(random))"
        inbox = try collab.subscriber([replyChannel])
        let token = CollabToken.sign(user: user, workspace: workspace, secret: secret, now: WallClock.milliseconds())
        try join(with: token)
    }

    deinit {
        // The last word; a server that does not hear it forgets us after a minute.
        _ = try? collab.publish(
            .map(["type": .text("closeProxy"), "socketId": .text(socket)]),
            to: "collabMsg:\(server)"
        )
    }

    private func join(with token: Secret) throws(CollabError) {
        try send(.token(token.revealed, version: nil))
        try send(.step1(StateVector(), isReply: false))
        let deadline = stepDeadline
        var isAuthenticated = false
        // What others type between our arrival and the document's depends on what we do not have yet.
        var early: [[UInt8]] = []
        while let message = try next(deadline) {
            switch message {
            case .authenticated(let access):
                isAuthenticated = true
                isReadOnly = access == .readOnly
            case .denied(let reason): throw CollabError(.denied, "the live document refuses the user: \(reason)")
            case .step2(let update, _):
                try apply(update)
                for update in early { try apply(update) }
                return
            case .update(let update): early.append(update)
            default: break
            }
        }
        throw CollabError(.timedOut, isAuthenticated ? "the document did not come" : "the token was not answered")
    }

    /// Takes in what other editors have done until now.
    ///
    /// - Returns: whether anything came.
    package func catchUp() throws(CollabError) -> Bool {
        var hasChanged = false
        while let message = try next(.after(milliseconds: 0)) {
            if case .update(let update) = message {
                try apply(update)
                hasChanged = true
            }
        }
        return hasChanged
    }

    /// Sends a change and waits until the server has answered it.
    ///
    /// An answer proves little: servers accept what they cannot read. See `holds(client:clock:since:)`.
    package func send(update: [UInt8]) throws(CollabError) {
        try send(.update(update))
        let deadline = stepDeadline
        while let message = try next(deadline) {
            switch message {
            case .status(isAccepted: true): return
            case .status(isAccepted: false): throw CollabError(.readOnly, "the live document is read-only for the user")
            case .update(let update): try apply(update)
            default: break
            }
        }
        throw CollabError(.timedOut, "the change was not answered")
    }

    /// Asks the server what it has beyond an earlier state, and whether that contains a change.
    ///
    /// A change whose dependencies are missing is parked by the server and not in what it has.
    /// - Parameter client: under which the change was written, up to `clock`.
    /// - Returns: the document as the server holds it, nil if the change is not in it.
    package func holds(client: UInt64, clock: Int, since earlier: YDoc) throws(CollabError) -> YDoc? {
        try send(.step1(earlier.stateVector, isReply: false))
        let deadline = stepDeadline
        while let message = try next(deadline) {
            guard case .step2(let answer, _) = message else { continue }
            var present = earlier
            do { try present.apply(answer) } catch { throw CollabError(.unreadable, error.description) }
            document = present
            return present.contains(client: client, clock: clock) ? present : nil
        }
        throw CollabError(.timedOut, "the read-back was not answered")
    }

    // MARK: - Messages

    private var stepDeadline: Deadline { .after(milliseconds: collab.settings.stepMilliseconds) }

    private func apply(_ update: [UInt8]) throws(CollabError) {
        do { try document.apply(update) } catch {
            // A gap means that a message was lost on the way: a new session gets the whole document.
            throw CollabError(error.code == .pending ? .ended : .unreadable, error.description)
        }
    }

    private func send(_ message: Frame.Message) throws(CollabError) {
        let request: MessagePack = .map([
            "method": .text("GET"), "url": .text("/collab"),
            "headers": .map(["sec-websocket-key": .text(socket), "sec-websocket-protocol": .text("")]),
            "socket": .map(["remoteAddress": .text("127.0.0.1")]),
        ])
        let proxy: MessagePack = .map([
            "type": .text("proxy"), "replyTo": .text(replyChannel), "message": .bytes(Frame(name, message).bytes),
            "serializedHTTPRequest": request,
        ])
        if try collab.publish(proxy, to: "collabMsg:\(server)") == 0 {
            throw CollabError(.deadOwner, "the server that holds the page has gone; its lock expires within 10 s")
        }
    }

    /// The next frame about our document; pings of older servers are answered on the way.
    private func next(_ deadline: Deadline) throws(CollabError) -> Frame.Message? {
        while true {
            let received: RedisMessage?
            do { received = try inbox.next(deadline) } catch { throw CollabError(error) }
            guard let received else { return nil }
            guard let content = MessagePack(decoding: received.payload), content["socketId"]?.text == socket else {
                continue
            }
            switch content["type"]?.text {
            case "send": if let message = try frame(content["message"]?.bytes) { return message }
            case "ping":
                guard let reply = content["replyTo"]?.text else { continue }
                try collab.publish(.map(["type": .text("pong"), "socketId": .text(socket)]), to: reply)
            case "close": throw CollabError(.ended, "the server closed the session")
            default: continue
            }
        }
    }

    private func frame(_ bytes: [UInt8]?) throws(CollabError) -> Frame.Message? {
        guard let bytes else { return nil }
        do {
            let frame = try Frame(decoding: bytes)
            guard sameText(frame.document, name) else { return nil }
            if case .close(let reason) = frame.message {
                throw CollabError(.ended, "the server closed the document: \(reason)")
            }
            return frame.message
        } catch let error as YDocError {
            throw CollabError(.unreadable, error.description)
        } catch let error as CollabError {
            throw error
        } catch {
            throw CollabError(.unreadable, "\(error)")
        }
    }
}
