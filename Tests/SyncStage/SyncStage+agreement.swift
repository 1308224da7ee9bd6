internal import Base
internal import Cycle
internal import GitStore
internal import Reconcile
package import Testing

extension SyncStage {
    /// Both sides say the same, and another cycle has nothing to do.
    package func expectAgreement(_ at: SourceLocation = #_sourceLocation) throws {
        for problem in try disagreements() { Issue.record("\(problem)", sourceLocation: at) }
        let main = main
        let stamp = try stamp()
        let report = run()
        let log = try log().prefix(3)
        #expect(self.main == main, "another cycle commits: \(log)", sourceLocation: at)
        #expect(try self.stamp() == stamp, "another cycle writes to the wiki", sourceLocation: at)
        #expect(report.outcome == .ran || report.outcome == .unchanged, "\(report.outcome)", sourceLocation: at)
    }

    /// What the two sides do not agree on.
    package func disagreements() throws -> [String] {
        let table = try table()
        let files = try files()
        let pages = try pages()
        var problems: [String] = []
        for page in pages.values where page.space == space && !page.isTrashed && !isHidden(page, in: pages) {
            guard let entry = table[page.id], entry.state == .live else {
                problems.append("page “\(page.title)” is not in the table")
                continue
            }
            let path = entry.path.text
            let lines = try lines(ofFile: files[path] ?? "", at: path)
            if lines != page.lines { problems.append("\(path): \(lines) on main, \(page.lines) in the wiki") }
            if !entry.title.utf8.elementsEqual(page.title.utf8) {
                problems.append("\(path): the table has another title")
            }
        }
        let live = table.entries.values.filter { $0.state == .live }
        for entry in live where files[entry.path.text] == nil { problems.append("no file \(entry.path)") }
        if Set(live.map(\.path)).count != live.count { problems.append("two pages have one path") }
        for path in files.keys where PagePath(path).isPage && table.page(at: PagePath(path)) == nil {
            problems.append("\(path) is no page")
        }
        let keys = files.keys.map { names.collisionKey($0) }
        if Set(keys).count != keys.count { problems.append("paths that differ only in case: \(files.keys.sorted())") }
        return try problems + agreedTreeProblems()
    }

    /// The base's tree holds exactly the files that its table says are agreed on, whatever main has.
    package func agreedTreeProblems() throws -> [String] {
        let table = try table()
        guard let base = repository.resolve("refs/docmost/wiki") else { return [] }
        var agreed: [String: String] = [:]
        for file in try repository.files(of: base, in: ".docmost/agreed") where PagePath(file.path).isPage {
            agreed[file.path] = "\(file.id)"
        }
        var problems: [String] = []
        for entry in table.entries.values where entry.state == .live && !entry.blob.isEmpty {
            let blob = agreed.removeValue(forKey: entry.path.text)
            if blob != entry.blob { problems.append("\(entry.path): the base holds \(blob ?? "no file")") }
        }
        return problems + agreed.keys.map { "\($0): in the base, and no page of its table" }
    }

    func isHidden(_ page: StagePage, in pages: [PageID: StagePage]) -> Bool {
        var next: PageID? = page.id
        var seen: Set<PageID> = []
        while let id = next, let row = pages[id], seen.insert(id).inserted {
            if row.isRestricted { return true }
            next = row.parent
        }
        return false
    }
}
