package import Base
package import ProseMirror
package import Reconcile

/// What the cycle needs of the wiki.
///
/// Two implementations run the same tests: Docmost's rows (`DocmostWiki`) and a model in memory. Each write is a
/// compare-and-swap: it fails with `.changed` when the row is no longer what the cycle decided on.
package protocol Wiki {
    /// Looks whether anything happened in the space's rows, and to which of them since a time.
    ///
    /// - Parameter since: microseconds since 1970; nil when the rows are not asked for.
    func glance(at space: SpaceID, since: Int64?) throws(WikiError) -> WikiGlance
    /// Rows by id, of pages of the space; of these rows `isHidden` may leave out that a restriction lies on a page.
    func rows(_ ids: [PageID], in space: SpaceID) throws(WikiError) -> [WikiRow]
    /// Every row of the space, trash and hidden pages included.
    func listing(of space: SpaceID) throws(WikiError) -> [WikiRow]
    /// Which of the ids have a row, in any space.
    func existing(_ ids: [PageID]) throws(WikiError) -> Set<PageID>
    /// The bodies of pages of the space; an id without a row there is left out: what is written in a page once it has
    /// gone elsewhere is nothing for this space.
    func bodies(of ids: [PageID], in space: SpaceID) throws(WikiError) -> [WikiBody]
    func people(_ ids: Set<UserID>) throws(WikiError) -> [UserID: WikiPerson]
    /// Who edited the page since its last snapshot.
    func contributors(of page: PageID) throws(WikiError) -> [UserID]
    /// Whether the person may change pages of the space now.
    func mayWrite(_ user: UserID, in space: SpaceID) throws(WikiError) -> Bool

    /// Makes a page with the id given, or finds it made.
    func create(_ page: NewWikiPage) throws(WikiError) -> WikiWrite
    /// Takes one page out of the trash; its parent is then as in the row, or the root if that is not live.
    func restore(_ page: PageID, in space: SpaceID, by actor: UserID) throws(WikiError)
    func move(_ page: PageID, in space: SpaceID, from old: PageID?, to new: PageID?, by actor: UserID) throws(WikiError)
    func retitle(_ page: PageID, in space: SpaceID, from old: String, to new: String, by actor: UserID)
        throws(WikiError)
    /// Puts a page without live children into the trash, unless it was edited since.
    func trash(_ page: PageID, in space: SpaceID, unchangedSince updated: Int64, by actor: UserID) throws(WikiError)
    /// Changes a body: `target` gets the newest state, of the live document where the page is open.
    func write(
        _ page: PageID,
        in space: SpaceID,
        by actor: UserID,
        target: (WikiBody) throws(WikiError) -> Node
    ) throws(WikiError) -> WikiWrite
}

/// What a look at a space's rows shows, all of one moment.
package struct WikiGlance: Sendable {
    package var fingerprint: WikiFingerprint
    /// Pages touched since the time that was asked for.
    package var touched: [PageID]

    package init(_ fingerprint: WikiFingerprint, touched: [PageID] = []) {
        self.fingerprint = fingerprint
        self.touched = touched
    }
}

/// Equal fingerprints mean that nothing happened in a space's rows.
package struct WikiFingerprint: Hashable, Sendable {
    package var sums: RowSums
    /// Changes with every restriction that is put on a page or taken off.
    package var restrictions: String

    package init(_ sums: RowSums = RowSums(), restrictions: String = "") {
        self.sums = sums
        self.restrictions = restrictions
    }
}

/// The body of a page, as the row or the live document holds it.
package struct WikiBody {
    package let id: PageID
    package let updated: Int64
    /// Nil when the content cannot be read; `problem` says why.
    package let document: Node?
    package let problem: String?
    /// Whether the Yjs state contains that struct; true where there is no state to ask.
    package let contains: (WriteMark) -> Bool

    package init(
        id: PageID,
        updated: Int64,
        document: Node?,
        problem: String? = nil,
        contains: @escaping (WriteMark) -> Bool = { _ in true }
    ) {
        self.id = id
        self.updated = updated
        self.document = document
        self.problem = problem
        self.contains = contains
    }
}

/// A page to be made.
package struct NewWikiPage: Sendable {
    package var id: PageID
    package var slug: String
    package var title: String
    package var parent: PageID?
    package var space: SpaceID
    package var document: Node
    package var actor: UserID
}

/// What a write did.
package struct WikiWrite: Sendable {
    /// The row's `updated_at` after it; nil while only the live document has the change.
    package var updated: Int64?
    package var mark: WriteMark?
    package var slug: String?
    /// Whether the page to be made was there already; then its body is as it was.
    package var wasThere: Bool

    package init(updated: Int64?, mark: WriteMark? = nil, slug: String? = nil, wasThere: Bool = false) {
        self.updated = updated
        self.mark = mark
        self.slug = slug
        self.wasThere = wasThere
    }
}

/// A person as commits name them.
package struct WikiPerson: Hashable, Sendable {
    package let name: String
    package let email: String

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

/// Why the wiki did not do something. Nothing was changed then.
package struct WikiError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The wiki cannot be asked at all: the cycle ends.
        case unavailable
        /// The page cannot be written now; it will be tried again.
        case pending
        /// The row changed under us; the next cycle decides anew.
        case changed
        /// This page, or what was asked for it, is refused.
        case refused
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
