import JSON
import ProseMirror
import Testing

@testable import YDoc

@Suite("Together with an independent peer", .enabled(if: Peer.python != nil, "DOCMOST_GIT_PYTHON names no interpreter"))
struct PeerTests {
    /// Ids that the target leaves out stay, so they are compared apart.
    static let meaning = Canonical(ids: false, comments: true)

    struct Case {
        let seed: Int
        let random: RandomCase
        let written: YDoc
        let update: YUpdate
        /// Whether our change deletes a node that the peer may be writing in.
        let deletesNodes: Bool
    }

    @Test("a random change made here and another made there end in one document that holds both")
    func campaign() throws {
        let size = Campaign.size(150, full: 2_000)
        let cases = try (0..<size * 5 / 4).compactMap(Self.makeCase).prefix(size)
        #expect(cases.count == size, "too many seeds give no case")
        let requests = cases.map {
            Peer.Request(
                base: $0.random.base.encodeState(),
                update: $0.update.bytes,
                seed: $0.seed,
                steps: 1 + $0.seed % 6
            )
        }
        let answers = try Peer.answers(to: requests)
        #expect(answers.count == cases.count)
        for (item, answer) in zip(cases, answers) { try Self.check(item, answer) }
        // The campaign is worth something only if both sides really write in most cases.
        #expect(cases.count { !$0.update.isEmpty } > size * 9 / 10)
        #expect(answers.count { !$0.tokens.isEmpty } > size / 2)
    }

    static func makeCase(seed: Int) throws -> Case? {
        guard let random = try RandomCase(seed: seed) else { return nil }
        var written = random.base
        let before = written.liveTypes
        let update: YUpdate
        do throws(YDocError) {
            update = try written.diff(to: random.target, schema: .upstream)
        } catch {
            // A golden page with a mark that no schema knows cannot have that mark written anew.
            #expect(error.code == .invalidTarget, "seed \(seed): \(error)")
            return nil
        }
        let deletes = !before.isSubset(of: written.liveTypes)
        return Case(seed: seed, random: random, written: written, update: update, deletesNodes: deletes)
    }

    static func check(_ item: Case, _ answer: Peer.Answer) throws {
        let seed = item.seed
        #expect(meaning.isSame(answer.ours, item.random.target), "seed \(seed): the peer reads another target")
        #expect(meaning.isSame(item.written.document(), item.random.target), "seed \(seed): we read another target")
        #expect(answer.rounds <= 1, "seed \(seed): the orders of delivery do not converge")
        #expect(Canonical.full.isSame(answer.first, answer.second), "seed \(seed): two documents")
        var merged = item.written
        try merged.apply(answer.update)
        var other = item.random.base
        try other.apply(answer.update)
        try other.apply(item.update.bytes)
        #expect(merged.encodeState() == other.encodeState(), "seed \(seed): our own two orders differ")
        if answer.rounds == 0 {
            #expect(Canonical.full.isSame(merged.document(), answer.first), "seed \(seed): we merge otherwise")
        }
        let peerState = try YDoc(decoding: answer.state)
        #expect(
            Canonical.full.isSame(peerState.document(), answer.first),
            "seed \(seed): its state reads otherwise here"
        )
        checkTokens(item, answer, merged.document())
        var again = item.written
        #expect(try again.diff(to: item.random.target, schema: .upstream).isEmpty, "seed \(seed): a second update")
    }

    static func checkTokens(_ item: Case, _ answer: Peer.Answer, _ merged: Node) {
        let after = Self.theirs(item, answer)
        for token in answer.tokens {
            let count = merged.occurrences(of: token)
            let expected =
                item.deletesNodes ? min(1, after?.occurrences(of: token) ?? 0) : after?.occurrences(of: token)
            #expect(
                item.deletesNodes ? count <= 1 : count == expected,
                "seed \(item.seed): \(token) occurs \(count) times"
            )
        }
        let ours = item.random.target.occurrences(of: RandomCase.token)
        let count = merged.occurrences(of: RandomCase.token)
        #expect(
            answer.deletesBlocks ? count <= ours : count == ours,
            "seed \(item.seed): our own token occurs \(count) times"
        )
    }

    /// What the peer alone made of the base: a later step of its own may have deleted what it typed.
    static func theirs(_ item: Case, _ answer: Peer.Answer) -> Node? {
        var theirs = item.random.base
        try? theirs.apply(answer.update)
        return theirs.document()
    }
}

extension YDoc {
    /// The items of all elements and texts that are not deleted.
    var liveTypes: Set<ItemIDKey> {
        var result: Set<ItemIDKey> = []
        for client in store.clients {
            for index in client.structs {
                let item = store.items[Int(index)]
                if item.isVisible, item.kind == .type { result.insert(ItemIDKey(client.number, item.id.clock)) }
            }
        }
        return result
    }
}

struct ItemIDKey: Hashable {
    let client: UInt64
    let clock: Int

    init(_ client: UInt64, _ clock: Int) {
        self.client = client
        self.clock = clock
    }
}
