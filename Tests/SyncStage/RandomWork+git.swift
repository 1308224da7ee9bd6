import Base
import Reconcile

// What the person with the clone pushes.
extension RandomWork {
    func pushSomething() throws {
        let files = try stage.files()
        let pages = files.keys.filter { PagePath($0).isPage }.sorted()
        guard let path = random.pick(pages), let text = files[path] else { return try pushNew(files) }
        switch random.below(12) {
        case 0..<3:
            var what = ""
            let edited = stage.edited(text) { what = change(&$0) }
            try push("edit \(path): \(what)", [path: edited])
        case 3: try pushNew(files)
        case 4: try rename(path, files)
        case 5: try moveFolder(files)
        case 6: try delete(path, files)
        case 7: try copy(path, text, files)
        case 8: try changeCase(path, files)
        case 9: try changeForm(path, files)
        case 10: try returnDeleted(files)
        default: try moveTo(path, text, files)
        }
    }

    private func push(_ what: String, _ writes: [String: String], deleting: [String] = []) throws {
        tell("push: \(what)")
        try stage.push(writes, deleting: deleting, allowing: deleting)
    }

    private func isFree(_ path: String, _ files: some Sequence<String>) -> Bool {
        let key = stage.names.collisionKey(path)
        let other = stage.names.collisionKey(PagePath(path).otherForm.text)
        let folder = PagePath(path).childrenFolder
        return !files.contains { file in
            let taken = stage.names.collisionKey(file)
            return taken == key || taken == other || PagePath(file).isBelow(folder)
        }
    }

    private func below(_ path: String, _ files: [String: String]) -> [String] {
        files.keys.filter { $0 != path && PagePath($0).isBelow(PagePath(path).childrenFolder) }.sorted()
    }

    private func pushNew(_ files: [String: String]) throws {
        let folders = Set(
            files.keys.flatMap { PagePath($0).folders }
                + files.keys.filter { PagePath($0).isPage }.map { PagePath($0).childrenFolder }
        )
        let folder = random.pick(folders.sorted() + ["", "New folder \(random.below(9))"]) ?? ""
        let path = PagePath(folder: folder, name: "File \(random.below(60)).md").text
        guard isFree(path, files.keys), PagePath(path).isPage else { return }
        try push("new \(path)", [path: stage.edited("") { $0 = [newLine(), newLine()] }])
    }

    /// Gives a page another path; what lies below goes along, and the text may change on the way.
    private func relocate(_ path: String, to target: String, _ files: [String: String], as what: String) throws {
        let folder = PagePath(path).childrenFolder
        var writes = [target: files[path] ?? ""]
        var gone = [path]
        for other in below(path, files) {
            writes[PagePath(target).childrenFolder + other.dropFirst(folder.count)] = files[other]
            gone.append(other)
        }
        try push("\(what) \(path) to \(target) with \(gone.count - 1) below", writes, deleting: gone)
    }

    private func rename(_ path: String, _ files: [String: String]) throws {
        let page = PagePath(path)
        let target = PagePath(in: page.siblingsFolder, stem: "Renamed \(random.below(60))", isNote: page.isNote).text
        guard isFree(target, files.keys) else { return }
        try relocate(path, to: target, files, as: "rename")
    }

    private func changeCase(_ path: String, _ files: [String: String]) throws {
        let page = PagePath(path)
        let stem = page.stem == page.stem.lowercased() ? page.stem.uppercased() : page.stem.lowercased()
        let target = PagePath(in: page.siblingsFolder, stem: stem, isNote: page.isNote).text
        let mine = Set(below(path, files) + [path])
        guard target != path, isFree(target, files.keys.filter { !mine.contains($0) }) else { return }
        try relocate(path, to: target, files, as: "change the case of")
    }

    /// `P.md` becomes `P/P.md`, or the reverse: the same page.
    private func changeForm(_ path: String, _ files: [String: String]) throws {
        let target = PagePath(path).otherForm
        guard target.isPage, files[target.text] == nil else { return }
        try push("\(path) as \(target)", [target.text: files[path] ?? ""], deleting: [path])
    }

    private func moveFolder(_ files: [String: String]) throws {
        guard let from = random.pick(files.keys.filter { PagePath($0).isNote }.sorted()) else { return }
        try rename(from, files)
    }

    private func moveTo(_ path: String, _ text: String, _ files: [String: String]) throws {
        let page = PagePath(path)
        let others = files.keys.filter {
            PagePath($0).isPage && $0 != path && !PagePath($0).isBelow(page.childrenFolder)
        }
        let folder = random.below(3) == 0 ? "" : random.pick(others.sorted()).map { PagePath($0).childrenFolder } ?? ""
        let target = PagePath(in: folder, stem: page.stem, isNote: page.isNote).text
        guard isFree(target, files.keys), below(path, files).isEmpty, PagePath(target).isPage else { return }
        try push("move \(path) to \(target)", [target: text], deleting: [path])
    }

    private func delete(_ path: String, _ files: [String: String]) throws {
        let gone = below(path, files) + [path]
        for file in gone {
            let text = files[file] ?? ""
            _ = stage.edited(text) { forgive($0) }
            deleted.append((file, text))
        }
        try push("delete \(path) and \(gone.count - 1) below", [:], deleting: gone)
    }

    /// A revert of a deletion.
    private func returnDeleted(_ files: [String: String]) throws {
        guard let back = deleted.popLast(), isFree(back.path, files.keys) else { return }
        // The page may live again, elsewhere or in another space, or its file be back already under another name: then
        // this file is a copy of what it once was.
        let pages = try stage.pages()
        let table = try stage.table()
        let isCopy = { (line: String) -> Bool in
            if files.values.contains(where: { $0.contains(line) }) { return true }
            guard let page = self.written[line]?.home.flatMap({ pages[$0] }) else { return false }
            // Restored and trashed again from elsewhere, it is known by that place.
            let isFromElsewhere = table[page.id].map { $0.path.text != back.path } ?? false
            return !page.isTrashed || page.space != self.stage.space || isFromElsewhere
        }
        _ = stage.edited(back.text) { lines in
            if lines.contains(where: isCopy) { for line in lines { written[line]?.copies += 1 } }
        }
        try push("return \(back.path)", [back.path: back.text])
    }

    private func copy(_ path: String, _ text: String, _ files: [String: String]) throws {
        let target = PagePath(folder: PagePath(path).siblingsFolder, name: "Copy \(random.below(60)).md").text
        guard isFree(target, files.keys) else { return }
        _ = stage.edited(text) { for line in $0 { written[line]?.copies += 1 } }
        try push("copy \(path) to \(target)", [target: text])
    }
}
