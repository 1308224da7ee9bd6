package import Base
internal import Redis

extension Collab {
    /// Tells the browsers that show a space to fetch its tree again.
    ///
    /// The message is the one that Docmost's own servers send one another, so any of them passes it on; it names no
    /// page, so it discloses nothing.
    /// - Returns: how many servers heard it.
    @discardableResult
    package func announceTree(of space: SpaceID) throws(CollabError) -> Int {
        let room = "space-\(space)"
        let packet: MessagePack = .map([
            "type": .int(2),
            "data": .array([
                .text("message"),
                .map(["operation": .text("refetchRootTreeNodeEvent"), "spaceId": .text(space.description)]),
            ]),
            "nsp": .text("/"),
        ])
        let options: MessagePack = .map(["rooms": .array([.text(room)]), "except": .array([]), "flags": .map([:])])
        return try publish(.array([.text(ownerID), packet, options]), to: "socket.io#/#\(room)#")
    }

    /// Who has edited a page since its last snapshot, as Docmost's servers note it down.
    package func contributors(of page: PageID) throws(CollabError) -> [UserID] {
        let members = try command(["SMEMBERS", RedisArgument("history:contributors:\(page)")]).array ?? []
        return members.compactMap(\.text).compactMap { UserID($0) }.sorted()
    }

    /// Forgets contributors that a snapshot of ours has recorded.
    package func forgetContributors(_ people: [UserID], of page: PageID) throws(CollabError) {
        if people.isEmpty { return }
        let words = people.map { RedisArgument($0.description) }
        _ = try command(["SREM", RedisArgument("history:contributors:\(page)")] + words)
    }
}
