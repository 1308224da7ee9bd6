import Base
import Cycle
import Glibc
import JSON
import Logging
import Reconcile
import SyncStage
import Testing
import Vault

@testable import SyncDaemon

extension RealServers {
    @Suite("What status says of deletions that wait")
    struct StatusTests {
        private func state(_ stage: RealStage) -> SpaceState {
            let row = SpaceRow(id: stage.space, slug: "stage", name: "", isEnabled: true, pages: 0)
            return SpaceState(row, stage.engine.vault, isBusy: false)
        }

        /// They were all summed up under "to the wiki", also those that the wiki had made.
        @Test("whether they were made in the wiki or in git, and which side keeps the pages")
        func sides() throws {
            let stage = try RealStage(cap: 1)
            let pages = try (0..<8).map { try stage.add("Page \($0)", ["x"]) }
            #expect(stage.run().outcome == .ran)
            for page in pages[..<3] { try stage.trash(page, alone: true) }
            #expect(stage.run().outcome == .ran)
            #expect(state(stage).text.contains("held: 3 deletions made in the wiki, files kept: "))
            #expect(
                state(stage).last?.summary
                    == "to git: 0 written, 0 deleted, 3 deletions held; to the wiki: no page changed"
            )
            try stage.push([:], deleting: ["Page 4.md", "Page 5.md"])
            #expect(stage.run().summary == "2 deletions held")
            let text = state(stage).text
            #expect(text.contains("held: 3 deletions made in the wiki, files kept: "))
            #expect(text.contains("held: 2 deletions made in git, pages kept: "), "\(text)")
            let memory = CycleMemory(readingFrom: CycleMemory.path(in: stage.stateDirectory))
            #expect(memory.heldDeletions.filter(\.isWikis).map(\.id) == pages[..<3].sorted())
            #expect(memory.heldOfWiki == Set(pages[..<3]))
            let json = state(stage).json["heldDeletions"]?.array ?? []
            #expect(json.filter { $0["deletedIn"]?.string == "git" }.count == 2 && json.count == 5)
        }
    }
}

@Suite("Log lines for systemd's journal")
struct JournalLogTests {
    @Test("a line begins with its priority, and is one line")
    func line() {
        var handler = JournalLogHandler()
        handler[metadataKey: "space"] = "s"
        func line(_ level: Logger.Level, _ message: Logger.Message, _ metadata: Logger.Metadata? = nil) -> String {
            handler.line(
                LogEvent(
                    level: level,
                    message: message,
                    metadata: metadata,
                    source: "t",
                    file: "f",
                    function: "f",
                    line: 1
                )
            )
        }
        #expect(line(.warning, "held", ["why": "too\nmany"]) == "<4>held space=s why=too many")
        let levels: [Logger.Level] = [.trace, .debug, .info, .notice, .warning, .error, .critical]
        #expect(levels.map { line($0, "x").prefix(3) } == ["<7>", "<7>", "<6>", "<5>", "<4>", "<3>", "<2>"])
    }

    @Test("standard error counts as the journal's only when it is the very stream that JOURNAL_STREAM names")
    func stream() {
        var status = stat()
        #expect(fstat(STDERR_FILENO, &status) == 0)
        #expect(JournalLogHandler.isStandardErrorJournal("\(status.st_dev):\(status.st_ino)"))
        #expect(!JournalLogHandler.isStandardErrorJournal("\(status.st_dev):\(status.st_ino &+ 1)"))
        #expect(!JournalLogHandler.isStandardErrorJournal(nil) && !JournalLogHandler.isStandardErrorJournal(""))
    }
}
