import Base
import Foundation
import Synchronization
import TestSupport
import TestTraits
import Testing

@Suite("Many at once", .ownThread)
struct CrowdTests {
    /// What the threads have got done.
    private struct Tally {
        var ledger = Ledger()
        var problems: [String] = []
    }

    @Test("people push and people edit, under two daemons: all is serialised, nobody sees a 5xx, nothing is lost")
    func crowd() throws {
        let people = Installation.isFull ? 6 : 3
        let rounds = Installation.isFull ? 25 : 3
        let pages = (1...people).map { "Page \($0)" }
        let installation = try Installation(pages: pages)
        try installation.startDaemon()
        let tally = Mutex(Tally())
        let writers = try (1...people).map { try Writer($0 % 2 == 0 ? "ada" : "wren", at: installation.site) }
        var threads = writers.enumerated().map { index, writer in
            startThread {
                for round in 1...rounds { push(writer, "\(index + 1)-\(round)", on: pages[index], tally) }
            }
        }
        threads.append(
            startThread {
                for round in 1...(rounds * people) {
                    edit(installation, "wiki\(round)", on: pages[round % people], tally)
                    sleep(milliseconds: Int.random(in: 50...400))
                }
            }
        )
        threads.forEach { $0?.join() }
        let done = tally.withLock { $0 }
        #expect(done.problems.isEmpty, "\(done.problems)")
        #expect(done.ledger.expected.count > 2 * rounds * people, "half of all pushes at least")
        #expect(installation.site.web.statuses.filter { $0 >= 500 }.isEmpty)
        try installation.expectAgreement(done.ledger, "after the crowd")
        try installation.expectRest(done.ledger)
        #expect(!installation.daemonLog.contains(" error "), "\(installation.daemonLog.suffix(3000))")
    }

    private func push(_ writer: Writer, _ name: String, on page: String, _ tally: borrowing Mutex<Tally>) {
        do {
            try writer.rebase()
            try writer.create("New \(name).md", "new\(name)")
            try writer.write("edit\(name)", on: "\(page).md")
            _ = try writer.commit(name)
            let ending = try writer.pushPatiently()
            tally.withLock { tally in
                // Who was overtaken twenty times goes on with the next edit, which takes this one along.
                guard ending.isAccepted || Writer.isOvertaken(ending) else {
                    return tally.problems.append("\(name): \(ending.output)")
                }
                guard ending.isAccepted else { return }
                for word in ["new\(name)", "edit\(name)"] { tally.ledger.add(word) }
            }
        } catch {
            tally.withLock { $0.problems.append("\(name): \(error)") }
        }
    }

    private func edit(_ installation: Installation, _ word: String, on page: String, _ tally: borrowing Mutex<Tally>) {
        do {
            try installation.write(word, on: page)
            tally.withLock { $0.ledger.add(word) }
        } catch {
            tally.withLock { $0.problems.append("\(word): \(error)") }
        }
    }
}
