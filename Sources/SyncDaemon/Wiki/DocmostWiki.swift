import Base
import Collab
import Cycle
import JSON
import PageStore
import PageWriter
import Postgres
import ProseMirror
import Reconcile
import Redis
import Settings
import YDoc

/// Docmost's rows and live documents as the cycle needs them: `Wiki` on PageStore and PageWriter.
///
/// Belongs to one thread, whose connections it uses.
final class DocmostWiki: Wiki {
    let pages: PageStore
    private let connection: PostgresConnection
    private let writer: PageWriter
    private let redis: RedisPool
    private let usesRealAddresses: Bool
    private let isCollabRedisDisabled: Bool

    init(connections: WorkerConnections, settings: Settings, redis: RedisPool) throws {
        connection = try connections.postgres()
        pages = PageStore(connection)
        writer = try connections.writer()
        self.redis = redis
        usesRealAddresses = settings.authorEmail == .real
        isCollabRedisDisabled = settings.isCollabRedisDisabled
    }

    func glance(at space: SpaceID, since: Int64?) throws(WikiError) -> WikiGlance {
        try asking { () throws(PageStoreError) in
            guard let since else {
                return try pages.fingerprints(of: [space])[space].map { WikiGlance(WikiFingerprint($0)) }
            }
            return try pages.glance(at: space, since: since).map { glance in
                WikiGlance(WikiFingerprint(glance.fingerprint), touched: glance.touched)
            }
        } ?? WikiGlance(WikiFingerprint())
    }

    func rows(_ ids: [PageID], in space: SpaceID) throws(WikiError) -> [WikiRow] {
        guard !ids.isEmpty else { return [] }
        return try asking { () throws(PageStoreError) in try pages.rows(of: ids, in: space) }.map { WikiRow($0) }
    }

    func listing(of space: SpaceID) throws(WikiError) -> [WikiRow] {
        try asking { () throws(PageStoreError) in try pages.listing(of: space) }.map { WikiRow($0) }
    }

    func existing(_ ids: [PageID]) throws(WikiError) -> Set<PageID> {
        Set(try asking { () throws(PageStoreError) in try pages.existing(ids) }.keys)
    }

    func people(_ ids: Set<UserID>) throws(WikiError) -> [UserID: WikiPerson] {
        let usesRealAddresses = usesRealAddresses
        return try asking { () throws(PageStoreError) in try pages.people(ids) }.mapValues { person in
            WikiPerson(
                name: person.name ?? person.email,
                email: usesRealAddresses ? person.email : "\(person.id)@users.noreply.docmost"
            )
        }
    }

    /// Docmost keeps them in Redis until the next snapshot of the page; when Redis does not answer, nobody is named.
    func contributors(of page: PageID) throws(WikiError) -> [UserID] {
        let reply = try? redis.withConnection { connection throws(RedisError) in
            try connection.command(["SMEMBERS", RedisArgument("history:contributors:\(page)")])
        }
        return (reply?.array ?? []).compactMap { $0.text.flatMap { UserID($0) } }.sorted()
    }

    func mayWrite(_ user: UserID, in space: SpaceID) throws(WikiError) -> Bool {
        do throws(PostgresError) {
            return try isWriter(user, in: space, on: connection)
        } catch {
            throw WikiError(.unavailable, error.message)
        }
    }
}

/// Changes of the tree: each a compare-and-swap, each announced to the people who look at the tree.
extension DocmostWiki {
    func create(_ page: NewWikiPage) throws(WikiError) -> WikiWrite {
        let body = try newBody(page.document)
        let new = NewPage(
            id: page.id,
            space: page.space,
            parent: page.parent,
            title: page.title,
            creator: page.actor,
            body: body.body
        )
        let creation = try asking { () throws(PageStoreError) in try pages.create(new) }
        announce(page.space)
        let row = try asking { () throws(PageStoreError) in try pages.naming(of: page.id) }
        // A page that was there before has the state that an earlier attempt gave it.
        let wasThere = creation != .created
        let mark = wasThere ? nil : body.mark
        return WikiWrite(updated: row?.updatedAt, mark: mark, slug: row?.slugID, wasThere: wasThere)
    }

    func restore(_ page: PageID, in space: SpaceID, by actor: UserID) throws(WikiError) {
        _ = try asking { () throws(PageStoreError) in try pages.restore(page, in: space) }
        announce(space)
    }

    func move(
        _ page: PageID,
        in space: SpaceID,
        from old: PageID?,
        to new: PageID?,
        by actor: UserID
    ) throws(WikiError) {
        _ = try asking { () throws(PageStoreError) in try pages.move(page, in: space, from: old, to: new) }
        announce(space)
    }

    func retitle(
        _ page: PageID,
        in space: SpaceID,
        from old: String,
        to new: String,
        by actor: UserID
    ) throws(WikiError) {
        _ = try asking { () throws(PageStoreError) in
            // The cycle knows no difference between no title and an empty one; the row does.
            let hasTitle = try pages.naming(of: page)?.title != nil
            let known = old.isEmpty && !hasTitle ? nil : old
            return try pages.setTitle(of: page, in: space, from: known, to: new, by: actor)
        }
        announce(space)
    }

    func trash(_ page: PageID, in space: SpaceID, unchangedSince updated: Int64, by actor: UserID) throws(WikiError) {
        _ = try asking { () throws(PageStoreError) in
            try pages.trash(page, in: space, by: actor, unchangedSince: updated, along: [])
        }
        announce(space)
    }

    /// A sidebar that is not told shows the change at its next reload.
    private func announce(_ space: SpaceID) { _ = try? writer.collab.announceTree(of: space) }

    private func newBody(_ document: Node) throws(WikiError) -> (body: PageBody, mark: WriteMark?) {
        do throws(YDocError) {
            // A page made for a bare folder says nothing, which for the editor is one empty paragraph.
            let isEmpty = document.children.isEmpty
            return (try writer.newBody(isEmpty ? Node("doc", content: [Node("paragraph")]) : document), nil)
        } catch {
            throw WikiError(.refused, error.description)
        }
    }

    /// Carries the store's errors over.
    func asking<Value>(_ body: () throws(PageStoreError) -> Value) throws(WikiError) -> Value {
        do throws(PageStoreError) { return try body() } catch { throw wikiError(error) }
    }

    func wikiError(_ error: PageStoreError) -> WikiError {
        switch error.code {
        case .database where error.isRefusal: WikiError(.refused, error.message)
        case .database where error.isContention: WikiError(.pending, error.message)
        case .database, .notDocmost: WikiError(.unavailable, error.message)
        case .changedMeanwhile, .otherDescendants: WikiError(.changed, error.message)
        case .missingPage, .missingSpace, .missingParent, .cycle: WikiError(.refused, error.message)
        }
    }
}

extension DocmostWiki {
    func write(
        _ page: PageID,
        in space: SpaceID,
        by actor: UserID,
        target: (WikiBody) throws(WikiError) -> Node
    ) throws(WikiError) -> WikiWrite {
        guard !isCollabRedisDisabled else {
            throw WikiError(.pending, "COLLAB_DISABLE_REDIS=true: whether the page is open cannot be seen")
        }
        let outcome = try writer.write(page, in: space, by: actor) { (current) throws(WikiError) in
            try target(WikiBody(page, current))
        }
        switch outcome {
        case .written(let written):
            let mark = WriteMark(client: written.client, clock: UInt64(written.clock))
            return WikiWrite(updated: written.updatedAt, mark: mark)
        case .unchanged(_, let updatedAt): return WikiWrite(updated: updatedAt)
        case .pending(let reason): throw WikiError(.pending, reason)
        case .refused(let reason): throw WikiError(.refused, reason)
        case .unavailable(let reason): throw WikiError(.unavailable, reason)
        }
    }
}

extension WikiRow {
    init(_ row: PageRow) {
        self.init(
            id: row.id,
            slug: row.slugID,
            title: row.title ?? "",
            parent: row.parent,
            updated: row.updatedAt,
            created: row.createdAt,
            deleted: row.deletedAt,
            creator: row.creator,
            editor: row.lastUpdatedBy,
            deleter: row.deletedBy,
            isHidden: row.isRestricted || row.isBase
        )
    }
}

extension WikiFingerprint {
    init(_ print: SpaceFingerprint) {
        self.init(
            RowSums(
                live: print.live,
                updated: print.updatedSum,
                trashed: print.trashed,
                lastTrashed: print.lastTrashed
            ),
            restrictions: print.restrictions
        )
    }
}
