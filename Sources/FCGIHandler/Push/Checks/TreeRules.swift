internal import PageFile
internal import Reconcile

/// What must hold between the files of a tree.
struct TreeRules {
    let files: [String]

    /// Names that are one name on systems without letter case or with another Unicode normalisation.
    func clashes(of added: [String]) -> [Finding] {
        guard !added.isEmpty else { return [] }
        var keys = CollisionKeys()
        var spellings: [String: [PagePath]] = [:]
        var known: Set<PagePath> = []
        for file in files {
            var path = PagePath(file)
            while !path.text.isEmpty, known.insert(path).inserted {
                spellings[keys.key(of: path), default: []].append(path)
                path = PagePath(path.folder)
            }
        }
        var findings: [Finding] = []
        for path in added {
            var part = PagePath(path)
            while !part.text.isEmpty {
                let other = spellings[keys.key(of: part)]?.first { $0 != part }
                if let other { findings.append(Self.clash(part.text, other.text)) }
                part = PagePath(part.folder)
            }
        }
        return findings
    }

    private static func clash(_ path: String, _ other: String) -> Finding {
        Finding(
            path,
            "its name differs from \"\(other)\" only in letter case or in how accents are encoded",
            remedy: "rename one of the two: git mv"
        )
    }

    /// Folders whose page was removed while pages in them stay.
    func orphans(of removed: [String]) -> [Finding] {
        guard !removed.isEmpty else { return [] }
        let present = Set(files.map { PagePath($0) })
        var findings: [Finding] = []
        for path in removed {
            let page = PagePath(path)
            let folder = page.childrenFolder
            if present.contains(page) || present.contains(page.otherForm) { continue }
            let child = files.lazy.map { PagePath($0) }.first { $0.isPage && $0.isBelow(folder) }
            guard let child else { continue }
            findings.append(
                Finding(
                    path,
                    "it is the page of the folder \"\(folder)\", which still holds \"\(child.name)\"",
                    remedy:
                        "either remove the whole folder (git rm -r \"\(folder)\"), or move its pages elsewhere first"
                )
            )
        }
        return findings
    }
}

/// Under which key a path collides with others; folders are looked up once.
private struct CollisionKeys {
    private var folders: [PagePath: String] = [:]

    mutating func key(of path: PagePath) -> String {
        let parent = PagePath(path.folder)
        guard !parent.text.isEmpty else { return Self.fold(path.text) }
        let folder = folders[parent] ?? key(of: parent)
        folders[parent] = folder
        return "\(folder)/\(Self.fold(path.name))"
    }

    /// The same as `FileName.collisionKey`, which goes the long way that ASCII does not need.
    private static func fold(_ name: String) -> String {
        name.utf8.allSatisfy { $0 < 0x80 } ? name.lowercased() : FileName.collisionKey(name)
    }
}
