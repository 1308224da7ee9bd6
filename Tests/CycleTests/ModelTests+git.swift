import Base
import GitStore
import Reconcile

extension RandomWork {
    func pushSomething() throws {
        let files = try bench.files()
        let pages = files.keys.filter { PagePath($0).isPage }.sorted()
        guard let path = random.pick(pages), let text = files[path] else { return try pushNew(files) }
        switch random.below(9) {
        case 0..<3:
            var lines = text.split(separator: "\n").map(String.init)
            let line = newLine()
            let start = text.hasPrefix("---") ? 3 : 0
            lines.insert(line, at: min(lines.count, start + random.below(max(1, lines.count - start + 1))))
            try push("edit \(path) + \(line)", [path: lines.map { $0 + "\n" }.joined()])
        case 3: try pushNew(files)
        case 4: try rename(path, text, files)
        case 5: try moveFolder(files)
        case 6: try delete(path, text, files)
        case 7: try copy(path, text, files)
        default: try moveTo(path, text, files)
        }
    }

    private func push(_ what: String, _ writes: [String: String], deleting: [String] = []) throws {
        story.append("push: \(what)")
        try bench.push(writes, deleting: deleting, by: bench.ada, allowing: deleting)
    }

    private func isFree(_ path: String, _ files: [String: String]) -> Bool {
        let names = LineFormat().names
        let key = names.collisionKey(path)
        let stem = names.collisionKey(PagePath(path).otherForm.text)
        return !files.keys.contains { names.collisionKey($0) == key || names.collisionKey($0) == stem }
    }

    private func pushNew(_ files: [String: String]) throws {
        let folders = Set(
            files.keys.flatMap { PagePath($0).folders }
                + files.keys.filter { PagePath($0).isPage }.map { PagePath($0).childrenFolder }
        )
        let folder = random.pick(folders.sorted() + ["", "New folder \(random.below(9))"]) ?? ""
        let path = PagePath(folder: folder, name: "File \(random.below(60)).md").text
        guard isFree(path, files), PagePath(path).isPage else { return }
        try push("new \(path)", [path: "\(newLine())\n\(newLine())\n"])
    }

    private func rename(_ path: String, _ text: String, _ files: [String: String]) throws {
        let page = PagePath(path)
        let stem = "Renamed \(random.below(60))"
        let target = PagePath(in: page.siblingsFolder, stem: stem, isNote: page.isNote).text
        guard isFree(target, files),
            !files.keys.contains(where: { PagePath($0).isBelow(PagePath(target).childrenFolder) })
        else { return }
        var writes = [target: text]
        var gone = [path]
        for (other, content) in files where other != path && PagePath(other).isBelow(page.childrenFolder) {
            let moved = PagePath(target).childrenFolder + other.dropFirst(page.childrenFolder.count)
            writes[moved] = content
            gone.append(other)
        }
        try push("rename \(path) to \(target) with \(gone.count - 1) below", writes, deleting: gone)
    }

    private func moveFolder(_ files: [String: String]) throws {
        guard let from = random.pick(files.keys.filter { PagePath($0).isNote }.sorted()) else { return }
        try rename(from, files[from] ?? "", files)
    }

    private func moveTo(_ path: String, _ text: String, _ files: [String: String]) throws {
        let page = PagePath(path)
        let others = files.keys.filter {
            PagePath($0).isPage && $0 != path && !PagePath($0).isBelow(page.childrenFolder)
        }
        let folder = random.below(3) == 0 ? "" : random.pick(others.sorted()).map { PagePath($0).childrenFolder } ?? ""
        let target = PagePath(in: folder, stem: page.stem, isNote: page.isNote).text
        let below = files.keys.filter { $0 != path && PagePath($0).isBelow(page.childrenFolder) }
        guard isFree(target, files), target != path, below.isEmpty, PagePath(target).isPage else { return }
        guard !files.keys.contains(where: { PagePath($0).isBelow(PagePath(target).childrenFolder) }) else { return }
        try push("move \(path) to \(target)", [target: text], deleting: [path])
    }

    private func delete(_ path: String, _ text: String, _ files: [String: String]) throws {
        let below = files.keys.filter { $0 != path && PagePath($0).isBelow(PagePath(path).childrenFolder) }
        for gone in below + [path] { forgive((files[gone] ?? "").split(separator: "\n").map(String.init)) }
        try push("delete \(path) and \(below.count) below", [:], deleting: below + [path])
    }

    private func copy(_ path: String, _ text: String, _ files: [String: String]) throws {
        let target = PagePath(folder: PagePath(path).siblingsFolder, name: "Copy \(random.below(60)).md").text
        guard isFree(target, files) else { return }
        guard !files.keys.contains(where: { PagePath($0).isBelow(PagePath(target).childrenFolder) }) else { return }
        try push("copy \(path) to \(target)", [target: text])
    }
}
