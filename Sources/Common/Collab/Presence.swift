package import Base
internal import Redis

/// Whether a page is open in somebody's browser, as far as it can be known.
package enum Presence: Sendable, Equatable {
    /// A server holds it in memory.
    case open(server: String)
    /// Another instance of this product is changing its row just now.
    case claimed
    /// No server holds it, and that is known.
    case closed
    /// It cannot be known; a row must not be changed on a guess.
    case unknown(String)
}

extension Collab {
    /// Tells whether a page is open. A missing lock alone is no proof.
    ///
    /// - It proves nothing while servers run that do not announce documents (`COLLAB_DISABLE_REDIS`, before v0.25).
    /// - It proves nothing right after Redis was started: servers renew their locks only every five seconds.
    /// - A server that was stalled longer than its lock lives still holds the page: each must answer first.
    package func presence(of page: PageID) throws(CollabError) -> Presence {
        if let owner = try command(["GET", Self.lockKey(page)]).text {
            return owner.hasPrefix(Self.ownerPrefix) ? .claimed : .open(server: owner)
        }
        let servers = try servers()
        if servers.isEmpty, try !command(["PUBSUB", "CHANNELS", "socket.io-request#*"]).array.isEmptyOrNil {
            return .unknown(
                "Docmost runs without announcing open pages in Redis (COLLAB_DISABLE_REDIS, or before v0.25)"
            )
        }
        if try secondsUp() < settings.settleSeconds {
            return .unknown("Redis was started seconds ago; open pages are not announced yet")
        }
        for server in servers where !isProved(server) {
            guard try answers(server) else { return .unknown("the collaboration server \(server) does not answer") }
            markProved(server)
        }
        // While the servers were asked, somebody may have opened the page.
        if let owner = try command(["GET", Self.lockKey(page)]).text {
            return owner.hasPrefix(Self.ownerPrefix) ? .claimed : .open(server: owner)
        }
        return .closed
    }

    private func secondsUp() throws(CollabError) -> Int {
        let lines = (try command(["INFO", "server"]).text ?? "").split { $0 == "\n" || $0 == "\r\n" }
        guard let line = lines.first(where: { $0.hasPrefix("uptime_in_seconds:") }) else { return 0 }
        return Int(line.dropFirst("uptime_in_seconds:".count).filter(\.isNumber)) ?? 0
    }

    /// Whether a server handles its messages: it is asked for an event that does nothing.
    private func answers(_ server: String) throws(CollabError) -> Bool {
        let channel = "docmost-git:probe:\(hexString(bigEndianBytes(randomWord())))"
        let listener = try subscriber([channel])
        let number = Int(randomWord() >> 34)
        let question: MessagePack = .map([
            "type": .text("customEventStart"), "documentName": .text("page.probe"), "eventName": .text("alterState"),
            "payload": .map([:]), "replyTo": .text(channel), "replyId": .int(number),
        ])
        guard try publish(question, to: "collabMsg:\(server)") > 0 else { return true }
        let deadline = Deadline.after(milliseconds: settings.probeMilliseconds)
        while true {
            let message: RedisMessage?
            do { message = try listener.next(deadline) } catch { throw CollabError(error) }
            guard let message else { return false }
            if MessagePack(decoding: message.payload)?["replyId"]?.int == number { return true }
        }
    }
}

extension [RedisReply]? {
    fileprivate var isEmptyOrNil: Bool { self?.isEmpty ?? true }
}
