package import Base
package import Collab
internal import JSON
package import PageStore
internal import Postgres
package import ProseMirror
package import YDoc

// Writes the bodies of pages, whether somebody has them open or not.
//
// Read `write` first: it finds out where the page is, and goes the live path (PageWriter+live.swift) or the closed one
// (PageWriter+closed.swift). Both end in the same: the change is one Yjs update on top of what was there, and it has
// been read back. A Yjs state is never replaced by an unrelated one and never removed.

/// The writer of page bodies, confined to its thread.
package final class PageWriter {
    package let store: PageStore
    package let collab: Collab
    /// Called at every step; tests pause or fail here.
    package var onStep: (WriteStep) -> Void = { _ in }

    package init(store: PageStore, collab: Collab) {
        self.store = store
        self.collab = collab
    }

    /// Waits for another instance that has the page in its hands take this long together.
    private static let patienceMilliseconds = 3000
    /// A page may be opened and closed under us; more changes of side than this are put off.
    private static let rounds = 6

    /// Changes the body of a page.
    ///
    /// - Parameter target: makes the wanted document from the newest one: that of the editors where the page is open.
    ///   It may be called again when the document changed meanwhile, so it must not have effects of its own.
    package func write<Failure: Error>(
        _ page: PageID,
        in space: SpaceID,
        by actor: UserID,
        target: (CurrentBody) throws(Failure) -> Node
    ) throws(Failure) -> WriteOutcome {
        var failure: Failure?
        func wanted(_ current: CurrentBody) throws(Stop) -> Node {
            do throws(Failure) { return try target(current) } catch {
                failure = error
                throw .caller
            }
        }
        let patience = Deadline.after(milliseconds: Self.patienceMilliseconds)
        var reason = "the page is opened and closed again and again"
        var known: RowChange?
        var open: PageContent?
        for _ in 0..<Self.rounds {
            do throws(Stop) {
                if let row = open.take() { known = try change(of: row, wanted) }
                switch try presence(of: page, patience) {
                case .open(let server):
                    // What the caller was asked last must be what is written: a change made before that is none any more.
                    known = nil
                    return try writeLive(page, in: space, by: actor, on: server, target: wanted)
                case .closed:
                    onStep(.foundClosed)
                    let outcome = try writeClosed(page, in: space, by: actor, &known, target: wanted)
                    if let outcome { return outcome }
                case .claimed: return .pending("another instance is writing the page")
                case .unknown(let why): return .pending(why)
                }
            } catch {
                switch error {
                case .caller: if let failure { throw failure }
                case .outcome(let outcome): return outcome
                case .again(let why): reason = why
                case .computeFirst(let row):
                    open = row
                    reason = "the page is large and changes again and again"
                }
            }
        }
        return .pending(reason)
    }

    /// The bytes of a body for a page that is yet to be made.
    ///
    /// - Throws: `YDocError` if the document breaks a rule of Docmost's schema.
    package func newBody(_ document: Node) throws(YDocError) -> PageBody {
        PageWriter.body(of: try YDoc.new(from: document, schema: schema))
    }

    /// The nodes and marks that the running generation of Docmost knows.
    var schema: Schema { (try? store.features().isFork) == true ? .fork : .upstream }

    /// What a row holds for a state: the document is read back from it, so that Docmost's own comparison agrees.
    static func body(of state: YDoc) -> PageBody {
        let document = state.document()
        return PageBody(
            content: document.json.bytes(),
            ydoc: state.encodeState(),
            text: PlainText.of(document),
            references: PageReferences(of: document)
        )
    }

    /// Where the page is; another instance that has it in its hands is waited for.
    private func presence(of page: PageID, _ patience: Deadline) throws(Stop) -> Presence {
        while true {
            let presence: Presence
            do { presence = try collab.presence(of: page) } catch { throw Stop(error) }
            guard presence == .claimed, !patience.hasPassed else { return presence }
            sleep(milliseconds: 20)
        }
    }
}

/// How a path through a write ends early.
enum Stop: Error {
    /// The caller's closure threw; `write` has kept the error.
    case caller
    case outcome(WriteOutcome)
    /// The page changed sides; the reason counts if it happens too often.
    case again(String)
    /// The row is large: its change is computed while nobody waits.
    case computeFirst(PageContent)

    init(_ error: CollabError) {
        switch error.code {
        case .redis: self = .outcome(.unavailable(error.description))
        case .denied, .readOnly: self = .outcome(.refused(error.description))
        case .ended: self = .again(error.description)
        case .deadOwner, .timedOut, .unreadable, .noSecret: self = .outcome(.pending(error.description))
        }
    }

    init(_ error: PageStoreError) {
        switch error.code {
        case .database where error.isRefusal: self = .outcome(.refused(error.description))
        case .database where error.isContention: self = .outcome(.pending(error.description))
        case .database, .notDocmost: self = .outcome(.unavailable(error.description))
        case .missingPage, .missingSpace, .missingParent, .cycle, .changedMeanwhile, .otherDescendants:
            self = .outcome(.refused(error.description))
        }
    }

    init(_ error: YDocError) { self = .outcome(.refused(error.description)) }
}
