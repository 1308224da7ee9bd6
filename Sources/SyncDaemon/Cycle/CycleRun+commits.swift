import Base
import GitStore
import Reconcile

/// The changes of one commit on main.
struct EditGroup {
    var edits: [PageEdit]
    var author: UserID?
    /// Microseconds since 1970.
    var date: Int64
}

extension EditGroup {
    /// One commit per wiki edit: a page and its burst of changes, with the files that went along. The pages for the
    /// folders of a push are one commit. The first export, and any change too large to be read one by one, is one
    /// commit per author and day.
    static func groups(of edits: [PageEdit], isFirst: Bool) -> [EditGroup] {
        let groups = isFirst || edits.count > 500 ? byDay(edits) : byEdit(edits)
        return groups.sorted {
            ($0.date, $0.edits.first?.id ?? PageID.zero) < ($1.date, $1.edits.first?.id ?? PageID.zero)
        }
    }

    private static func byDay(_ edits: [PageEdit]) -> [EditGroup] {
        struct Key: Hashable {
            let author: UserID?
            let day: Int64
        }
        var groups: [Key: EditGroup] = [:]
        for edit in edits {
            let key = Key(author: edit.author, day: edit.date / 86_400_000_000)
            groups[key, default: EditGroup(edits: [], author: edit.author, date: 0)].add(edit)
        }
        return Array(groups.values)
    }

    private static func byEdit(_ edits: [PageEdit]) -> [EditGroup] {
        var groups: [EditGroup] = []
        var removals: [String: EditGroup] = [:]
        var folders: [UserID?: EditGroup] = [:]
        var moves: [PageEdit] = []
        for edit in edits {
            switch edit.kind {
            case .create where edit.isForFolder:
                folders[edit.author, default: EditGroup(edits: [], author: edit.author, date: 0)].add(edit)
            case .create, .restore, .edit, .retitle:
                groups.append(EditGroup(edits: [edit], author: edit.author, date: edit.date))
            case .move, .relink: moves.append(edit)
            case .trash, .hide:
                // A subtree goes to the trash with one time and one person.
                let key = "\(edit.kind) \(edit.date) \(edit.author.map { "\($0)" } ?? "")"
                removals[key, default: EditGroup(edits: [], author: edit.author, date: 0)].add(edit)
            }
        }
        groups += folders.values
        var rest = EditGroup(edits: [], author: nil, date: 0)
        for move in moves {
            if let index = groups.firstIndex(where: { $0.carries(move) }) {
                groups[index].edits.append(move)
            } else {
                rest.add(move)
            }
        }
        return groups + removals.values + (rest.edits.isEmpty ? [] : [rest])
    }

    private mutating func add(_ edit: PageEdit) {
        edits.append(edit)
        date = max(date, edit.date)
    }

    /// Whether a file moved only because this group's page has another name, or a first or last child.
    private func carries(_ move: PageEdit) -> Bool {
        guard let first = edits.first, let old = move.oldPath else { return false }
        if move.kind == .relink { return first.kind == .retitle }
        if let folder = first.oldPath?.childrenFolder, first.oldPath != first.newPath, old.isBelow(folder) {
            return true
        }
        guard first.kind == .create || first.kind == .restore, let new = move.newPath else { return false }
        return first.newPath?.parentCandidates.first == new || first.newPath?.parentCandidates.first == new.otherForm
    }

    /// What happened, as a person would say it.
    var message: String {
        guard let first = edits.first else { return "" }
        let title = first.title.isEmpty ? "Untitled" : String(first.title.prefix(120))
        let count = edits.count
        switch first.kind {
        case .create where count > 1 && edits.allSatisfy({ $0.kind == .create }): return "Create \(count) pages"
        case .create: return "Create “\(title)”"
        case .restore where count > 1 && edits.allSatisfy({ $0.kind == .restore }): return "Restore \(count) pages"
        case .restore: return "Restore “\(title)”"
        case .edit where count > 1 && edits.allSatisfy({ $0.kind != .move }): return "Edit \(count) pages"
        case .edit: return "Edit “\(title)”"
        case .retitle: return "Rename “\(first.oldPath?.stem ?? "")” to “\(title)”"
        case .relink where count == 1: return "Follow moved pages in “\(title)”"
        case .relink: return "Follow moved pages"
        case .move: return count > 1 ? "Move \(count) pages" : "Move “\(title)”"
        case .trash: return count > 1 ? "Trash \(count) pages" : "Trash “\(title)”"
        case .hide: return count > 1 ? "Remove \(count) pages" : "Remove “\(title)”"
        }
    }
}

extension CycleRun {
    /// Writes the commits of the wiki's edits on main's tip; nothing is visible before the refs move.
    ///
    /// - Returns: the new tip; nil when there is nothing to commit.
    func commit(_ edits: [PageEdit]) throws(CycleError) -> ObjectID? {
        guard !edits.isEmpty else { return nil }
        let isFirst = view.main.tip == nil || view.baseTip == nil
        let groups = EditGroup.groups(of: edits, isFirst: isFirst)
        try wiki { () throws(WikiError) in try people.prepare(Set(groups.compactMap(\.author))) }
        var owners: [PagePath: PageID] = [:]
        for edit in edits { if let path = edit.oldPath { owners[path] = edit.id } }
        var tip = view.main.tip
        for group in groups {
            var changes = try files(of: group, owners: &owners)
            guard !changes.isEmpty else { continue }
            let tree = try patchedTree(changes, on: tip)
            if let tree { changes = [.root(tree: tree)] }
            let message = message(for: group, withCoAuthors: groups.count <= 50)
            let author = people.signature(group.author, microseconds: group.date)
            let robot = Signature(name: People.robot.name, email: People.robot.email, seconds: Int(now / 1000))
            let parents = tip.map { [$0] } ?? []
            tip = try git { () throws(GitError) in
                try openImporter().commit(
                    parents: parents,
                    edits: changes,
                    author: author,
                    committer: robot,
                    message: message
                )
            }
            newTree = tip.flatMap { tip in tree.map { (tip, $0) } }
        }
        return tip == view.main.tip ? nil : tip
    }

    /// The tree with the changes when only files of large folders got another content: nothing that takes git long.
    private func patchedTree(_ changes: [Importer.Edit], on tip: ObjectID?) throws(CycleError) -> ObjectID? {
        var files: [String: ObjectID] = [:]
        for change in changes {
            guard case .link(let path, let id, _) = change else { return nil }
            files[path] = id
        }
        guard let tip, tip == view.main.tip || tip == newTree?.commit else { return nil }
        return try git { () throws(GitError) in
            var patch = TreePatch(cycle.repository, reader)
            if let newTree { return try patch.store(files, in: newTree.tree) }
            return try patch.store(files, in: reader.commit(tip).tree)
        }
    }

    func openImporter() throws(GitError) -> Importer {
        if let importer { return importer }
        let opened = try Importer(cycle.repository)
        importer = opened
        return opened
    }

    /// The file changes of a group. A path that another page has taken in the meantime is not removed.
    private func files(of group: EditGroup, owners: inout [PagePath: PageID]) throws(CycleError) -> [Importer.Edit] {
        var removed: [Importer.Edit] = []
        var written: [Importer.Edit] = []
        for edit in group.edits {
            guard let old = edit.oldPath, old != edit.newPath, owners[old] == edit.id else { continue }
            removed.append(.delete(path: old.text))
            owners[old] = nil
            removedPaths.insert(old)
            writtenFiles[old] = nil
        }
        for edit in group.edits {
            guard let path = edit.newPath else { continue }
            let blob: ObjectID
            if let bytes = edit.bytes {
                blob = try git { () throws(GitError) in try openImporter().blob(bytes) }
                var entry = view.table[edit.id]
                entry?.blob = "\(blob)"
                view.table[edit.id] = entry
            } else if let kept = edit.blob.flatMap({ ObjectID($0) }) {
                blob = kept
            } else {
                continue
            }
            owners[path] = edit.id
            // A push that a crash cut off has put the file there: a commit without a change would tell of no edit.
            guard blobOnMain(at: path) != "\(blob)" else { continue }
            written.append(.link(path: path.text, id: blob, mode: TreeEntry.file))
            writtenFiles[path] = "\(blob)"
            removedPaths.remove(path)
        }
        return removed + written
    }

    /// The file at a path after the commits that were written so far.
    private func blobOnMain(at path: PagePath) -> String? {
        if let written = writtenFiles[path] { return written }
        return removedPaths.contains(path) ? nil : view.main.pages[path]
    }

    private func message(for group: EditGroup, withCoAuthors: Bool) -> String {
        var message = group.message.split(whereSeparator: \.isNewline).joined(separator: " ") + "\n"
        guard withCoAuthors, let first = group.edits.first, first.kind == .edit || first.kind == .create else {
            return message
        }
        // Who else edited is worth a line; not knowing it is not worth a failed cycle.
        let others = ((try? wiki.contributors(of: first.id)) ?? []).filter { $0 != group.author }
        guard !others.isEmpty, (try? people.prepare(Set(others))) != nil else { return message }
        let names = Set(others).sorted().map { people.signature($0, microseconds: 0) }
        message += "\n" + names.map { "Co-authored-by: \($0.name) <\($0.email)>\n" }.joined()
        return message
    }
}

extension Identifier {
    fileprivate static var zero: Self { Self(high: 0, low: 0) }
}
