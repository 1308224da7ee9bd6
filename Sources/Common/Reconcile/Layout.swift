package import Base

/// A page to place in the repository.
package struct LayoutPage: Sendable {
    package var id: PageID
    package var slug: String
    package var title: String
    /// Its parent in the repository; nil for the root.
    package var parent: PageID?
    /// Where its file is now, or was last; nil for a new page.
    package var path: PagePath?
    /// The parent that `path` says.
    package var under: PageID?
    /// Whether the wiki gave the page a new title since it got that path.
    package var isRetitled: Bool
    /// Whether the path was chosen here, so that the form may follow the children.
    package var isOurPath: Bool
    /// Whether the page comes back from the trash: its path is where its file was, and may be another's by now.
    package var isReturning = false

    package init(
        id: PageID,
        slug: String,
        title: String,
        parent: PageID?,
        path: PagePath? = nil,
        under: PageID? = nil,
        isRetitled: Bool = false,
        isOurPath: Bool = true
    ) {
        self.id = id
        self.slug = slug
        self.title = title
        self.parent = parent
        self.path = path
        self.under = under
        self.isRetitled = isRetitled
        self.isOurPath = isOurPath
    }
}

/// Gives every page its path.
///
/// A page keeps its name until its title changes in the wiki, and its place until its parent does; a file stays where a
/// person put it. New names that a case-insensitive file system would confuse get ` ~<slug>`. The result does not
/// depend on the order of the input, and a page whose parent is not there is placed at the root.
package struct Layout {
    private let names: Names
    private let keys: CollisionKeys
    private let pages: [PageID: LayoutPage]
    private let children: [PageID?: [LayoutPage]]
    /// Paths of files that are no placed pages, by collision key.
    private let others: Set<String>
    private var taken: Set<String> = []
    private var result: [PageID: PagePath] = [:]

    package static func paths(of pages: [LayoutPage], others: [PagePath] = [], names: Names) -> [PageID: PagePath] {
        var layout = Layout(pages, others: others, names: names)
        layout.place()
        return layout.result
    }

    private init(_ pages: [LayoutPage], others: [PagePath], names: Names) {
        self.names = names
        let keys = CollisionKeys(names)
        self.keys = keys
        var byID: [PageID: LayoutPage] = [:]
        for page in pages where byID[page.id] == nil { byID[page.id] = page }
        var children: [PageID?: [LayoutPage]] = [:]
        for page in byID.values {
            let parent = page.parent.flatMap { byID[$0] == nil || $0 == page.id ? nil : $0 }
            children[parent, default: []].append(page)
        }
        self.pages = byID
        self.children = children.mapValues { $0.sorted { $0.id < $1.id } }
        var taken: Set<String> = []
        for path in others {
            taken.insert(keys[path.text])
            for folder in path.folders { taken.insert(keys[folder]) }
        }
        self.others = taken
    }

    private mutating func place() {
        var open: [(parent: PageID?, folder: String)] = [(nil, "")]
        while let (parent, folder) = open.popLast() {
            for id in placeChildren(of: parent, in: folder) {
                if let path = result[id] { open.append((id, path.childrenFolder)) }
            }
        }
        let stranded = pages.values.filter { result[$0.id] == nil }.sorted { $0.id < $1.id }
        // Only a cycle of parents leaves pages over: its smallest page is shown at the root.
        if let first = stranded.first {
            placeOne(first, in: "", keepsPlace: false)
            open = [(first.id, result[first.id]?.childrenFolder ?? "")]
            while let (parent, folder) = open.popLast() {
                for id in placeChildren(of: parent, in: folder) {
                    if let path = result[id] { open.append((id, path.childrenFolder)) }
                }
            }
            if stranded.contains(where: { result[$0.id] == nil }) { place() }
        }
    }

    private mutating func placeChildren(of parent: PageID?, in folder: String) -> [PageID] {
        let siblings = (children[parent] ?? []).filter { result[$0.id] == nil }
        let oldFolder = parent.flatMap { pages[$0]?.path?.childrenFolder } ?? ""
        // A child must not be read as its parent's note.
        if parent != nil { taken.insert(key(folder, PagePath(folder).name)) }
        var late: [LayoutPage] = []
        for page in siblings {
            if keepsPlace(page, parent: parent), !page.isRetitled, !page.isReturning,
                let path = keptPath(page, from: oldFolder, to: folder)
            {
                accept(page.id, path)
            } else {
                late.append(page)
            }
        }
        for page in late {
            let isKept = keepsPlace(page, parent: parent)
            placeOne(page, in: isKept ? keptFolder(page, from: oldFolder, to: folder) : folder, keepsPlace: isKept)
        }
        return siblings.map(\.id)
    }

    private func keepsPlace(_ page: LayoutPage, parent: PageID?) -> Bool { page.path != nil && page.under == parent }

    /// The page's path after its parent's folder went from one name to another; nil if that is taken.
    private func keptPath(_ page: LayoutPage, from old: String, to new: String) -> PagePath? {
        guard let path = page.path else { return nil }
        let siblings = keptFolder(page, from: old, to: new)
        let kept = PagePath(in: siblings, stem: path.stem, isNote: isNote(page))
        if taken.contains(key(siblings, path.stem)) { return nil }
        if kept != path, isTaken(siblings, path.stem, isNote: isNote(page)) { return nil }
        return kept
    }

    /// The folder of a page that stays: below its parent's folder, in the same bare folders as before.
    private func keptFolder(_ page: LayoutPage, from old: String, to new: String) -> String {
        guard let path = page.path else { return new }
        let siblings = path.siblingsFolder
        if sameBytes(siblings, old) { return new }
        if old.isEmpty { return new.isEmpty ? siblings : "\(new)/\(siblings)" }
        guard PagePath(siblings).isBelow(old) else { return new }
        return new + String(decoding: siblings.utf8.dropFirst(old.utf8.count), as: UTF8.self)
    }

    private mutating func placeOne(_ page: LayoutPage, in folder: String, keepsPlace: Bool) {
        let keepsName = page.path != nil && !page.isRetitled
        let base = names.stem(page.title)
        let own = keepsName ? page.path?.stem ?? base : base
        let note = isNote(page)
        var candidates = [own, Names.suffixed(base, page.slug)]
        candidates.append(Names.suffixed(base, page.id.description))
        let stem =
            candidates.first { !isTaken(folder, $0, isNote: note, by: page) }
            ?? Names.suffixed(base, page.id.description)
        accept(page.id, PagePath(in: folder, stem: stem, isNote: note))
    }

    private func isTaken(_ folder: String, _ stem: String, isNote: Bool, by page: LayoutPage? = nil) -> Bool {
        if taken.contains(key(folder, stem)) { return true }
        let path = PagePath(in: folder, stem: stem, isNote: isNote)
        if path == page?.path { return false }
        let inside = PagePath(folder: folder, name: stem)
        return others.contains(keys[path.text]) || others.contains(keys[inside.text])
    }

    /// New pages and paths of our own choice follow the children; a person's file keeps its form.
    private func isNote(_ page: LayoutPage) -> Bool {
        guard let path = page.path, !page.isOurPath else { return !(children[page.id] ?? []).isEmpty }
        return path.isNote
    }

    private mutating func accept(_ id: PageID, _ path: PagePath) {
        result[id] = path
        taken.insert(key(path.siblingsFolder, path.stem))
        for folder in PagePath(path.siblingsFolder).folders + [path.siblingsFolder] where !folder.isEmpty {
            taken.insert(keys[folder])
        }
    }

    private func key(_ folder: String, _ stem: String) -> String { keys[PagePath(folder: folder, name: stem).text] }
}

/// The collision keys of paths, from those of their names: a folder's name is in the path of each page below it.
private final class CollisionKeys {
    private let key: (String) -> String
    private var known: [Substring: String] = [:]

    init(_ names: Names) { key = names.collisionKey }

    subscript(path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map(name).joined(separator: "/")
    }

    private func name(_ name: Substring) -> String {
        if let known = known[name] { return known }
        let key = key(String(name))
        known[name] = key
        return key
    }
}
