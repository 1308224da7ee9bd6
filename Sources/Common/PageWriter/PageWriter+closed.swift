internal import Base
internal import Collab
internal import PageStore
internal import Postgres
internal import ProseMirror
internal import YDoc

extension PageWriter {
    /// Writes the row of a page that nobody has open; nil if somebody opened it first.
    ///
    /// - Parameter known: the change as it was computed before; it counts if the row is still the one it was made for.
    func writeClosed(
        _ page: PageID,
        in space: SpaceID,
        by actor: UserID,
        _ known: inout RowChange?,
        target: (CurrentBody) throws(Stop) -> Node
    ) throws(Stop) -> WriteOutcome? {
        let contributors: [UserID]
        let claim: PageClaim
        do {
            contributors = try collab.contributors(of: page)
            guard let taken = try collab.claim(page) else { return nil }
            claim = taken
        } catch { throw Stop(error) }
        onStep(.claimed)
        let change: RowChange
        let updatedAt: Int64
        do throws(Stop) {
            (change, updatedAt) = try changeRow(page, in: space, by: actor, claim, contributors, &known, target)
        } catch {
            // The lock is given back whatever happened; if Redis is gone too, it expires.
            _ = try? claim.end()
            throw error
        }
        onStep(.committed)
        let ending = try? claim.end()
        onStep(.released)
        guard let update = change.body?.update else { return .unchanged(change.document, updatedAt: updatedAt) }
        let written = Written(update, document: change.document, updatedAt: updatedAt)
        // Redis failed after the commit: the row is written. Should it be overwritten, the caller finds out as it does
        // after a stalled server, by the client and clock of the write.
        guard let ending, (try? collab.forgetContributors(contributors, of: page)) != nil else {
            return .written(written)
        }
        switch ending {
        case .released: return .written(written)
        case .takenOver(let server):
            return try repeatLive(written, update.bytes, of: page, in: space, by: actor, on: server)
        case .expired:
            // Somebody may have opened and stored the page meanwhile; the row tells.
            guard try isInRow(written, page) else { throw .again("the row was overwritten while it was written") }
            return .written(written)
        }
    }

    /// One transaction: the row is locked, merged with, checked against our claim, and written.
    ///
    /// - Throws: `Stop.computeFirst` for a large page whose change is not yet known: editors and Docmost's servers would
    ///   wait for it, and the claim expire meanwhile.
    private func changeRow(
        _ page: PageID,
        in space: SpaceID,
        by actor: UserID,
        _ claim: PageClaim,
        _ contributors: [UserID],
        _ known: inout RowChange?,
        _ target: (CurrentBody) throws(Stop) -> Node
    ) throws(Stop) -> (change: RowChange, updatedAt: Int64) {
        try store.connection.transaction(mapping: { Stop(PageStoreError($0)) }) { () throws(Stop) in
            let row = try liveRow(page, in: space, locked: true)
            onStep(.rowLocked)
            let change: RowChange
            if let known, known.isMade(for: row) {
                change = known
            } else {
                if RowChange.isLarge(row) { throw .computeFirst(row) }
                change = try self.change(of: row, target)
                known = change
            }
            onStep(.computed)
            guard let body = change.body else { return (change, row.updatedAt) }
            let updatedAt: Int64
            do throws(PageStoreError) {
                updatedAt = try store.writeBody(of: page, body.columns, by: actor, contributors: contributors)
            } catch { throw Stop(error) }
            onStep(.rowWritten)
            try confirm(claim)
            return (change, updatedAt)
        }
    }

    /// Computes the change of a row.
    func change(of row: PageContent, _ target: (CurrentBody) throws(Stop) -> Node) throws(Stop) -> RowChange {
        var state = try state(of: row)
        let current = CurrentBody(state, of: row, isLive: false)
        let wanted = try storable(target(current))
        let update: YUpdate
        do throws(YDocError) { update = try state.diff(to: wanted, schema: schema) } catch { throw Stop(error) }
        if update.isEmpty { return RowChange(of: row, to: current.document) }
        return RowChange(of: row, to: state.document(), body: (PageWriter.body(of: state), update))
    }

    /// The last look before the commit: without the lock, a server may have read the old row by now.
    private func confirm(_ claim: PageClaim) throws(Stop) {
        let isOurs: Bool
        do { isOurs = try claim.renew() } catch { throw Stop(error) }
        guard isOurs else { throw .again("the lock of the page was lost") }
        onStep(.confirmed)
    }

    /// A row that may be written.
    func liveRow(_ page: PageID, in space: SpaceID, locked: Bool) throws(Stop) -> PageContent {
        let row: PageContent?
        do { row = try store.content(of: page, locked: locked) } catch { throw Stop(error) }
        guard let row else { throw .outcome(.refused("the page is gone")) }
        guard row.space == space else { throw .outcome(.refused("the page is in another space")) }
        guard row.deletedAt == nil else { throw .outcome(.refused("the page is in the trash")) }
        return row
    }

    /// The Yjs state of a row; one without is made from its JSON, as Docmost's server would when the page is opened.
    func state(of row: PageContent) throws(Stop) -> YDoc {
        do {
            if let ydoc = row.ydoc { return try YDoc(decoding: ydoc) }
        } catch { throw .outcome(.refused("the page cannot be read: \(error)")) }
        guard let content = row.content else { return YDoc() }
        do {
            return try YDoc.new(from: try Node(parsing: content), schema: schema)
        } catch { throw .outcome(.refused("the page cannot be read: \(error)")) }
    }

    private func isInRow(_ written: Written, _ page: PageID) throws(Stop) -> Bool {
        let row: PageContent?
        do { row = try store.content(of: page) } catch { throw Stop(error) }
        guard let ydoc = row?.ydoc, let state = try? YDoc(decoding: ydoc) else { return false }
        return state.contains(client: written.client, clock: written.clock)
    }
}
