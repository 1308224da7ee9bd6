internal import Base
internal import Collab
internal import JSON
internal import PageStore
internal import ProseMirror
internal import YDoc

extension PageWriter {
    /// How often a change is made anew because editors typed meanwhile; the last one is sent, and merges.
    private static let recomputations = 5

    /// Changes a page that a server holds in memory, as one more editor.
    func writeLive(
        _ page: PageID,
        in space: SpaceID,
        by actor: UserID,
        on server: String,
        target: (CurrentBody) throws(Stop) -> Node
    ) throws(Stop) -> WriteOutcome {
        let row: PageContent = try liveRow(page, in: space, locked: false)
        let session = try join(page, on: server, as: actor, row)
        var before = session.document
        var after = before
        var update: YUpdate?
        for _ in 0..<Self.recomputations {
            before = session.document
            after = before
            let wanted = try storable(target(CurrentBody(before, of: row, isLive: true)))
            do { update = try after.diff(to: wanted, schema: schema) } catch { throw Stop(error) }
            onStep(.computed)
            do { if try !session.catchUp() { break } } catch { throw Stop(error) }
        }
        guard let update, !update.isEmpty else { return .unchanged(before.document(), updatedAt: row.updatedAt) }
        // What is overwritten exists only in memory: without this row nobody could get it back.
        do {
            try store.snapshot(page, content: before.document().json.bytes(), contributors: [], author: nil)
        } catch { throw Stop(error) }
        return try deliver(update.bytes, client: update.client, clock: update.clock, since: before, over: session)
    }

    /// The same change once more, for a server that opened the page while its row was being written: whether it read the
    /// old row or the new one, the change is in its document afterwards, once.
    func repeatLive(
        _ written: Written,
        _ update: [UInt8],
        of page: PageID,
        in space: SpaceID,
        by actor: UserID,
        on server: String
    ) throws(Stop) -> WriteOutcome {
        let row: PageContent = try liveRow(page, in: space, locked: false)
        let session: LiveSession = try join(page, on: server, as: actor, row)
        let before = session.document
        return try deliver(update, client: written.client, clock: written.clock, since: before, over: session)
    }

    private func join(
        _ page: PageID,
        on server: String,
        as actor: UserID,
        _ row: PageContent
    ) throws(Stop) -> LiveSession {
        let session: LiveSession
        do {
            session = try LiveSession(collab, page: page, on: server, as: actor, in: row.workspace)
        } catch { throw Stop(error) }
        guard !session.isReadOnly else {
            throw .outcome(.refused("the user may not change the page any more"))
        }
        onStep(.joined)
        return session
    }

    /// Sends an update and proves that the server holds it.
    private func deliver(
        _ update: [UInt8],
        client: UInt64,
        clock: Int,
        since before: YDoc,
        over session: LiveSession
    ) throws(Stop) -> WriteOutcome {
        let present: YDoc?
        do {
            try session.send(update: update)
            onStep(.sent)
            present = try session.holds(client: client, clock: clock, since: before)
        } catch { throw Stop(error) }
        guard let present else { return .pending("the server that holds the page did not take the change") }
        return .written(Written(updatedAt: nil, client: client, clock: clock, document: present.document()))
    }
}
