internal import PageFile

/// What must hold between the files of a tree.
struct TreeRules {
    let files: [String]

    /// Names that are one name on systems without letter case or with another Unicode normalisation.
    func clashes(of added: [String]) -> [Finding] {
        guard !added.isEmpty else { return [] }
        var keys = CollisionKeys()
        var spellings: [String: [String]] = [:]
        var known: Set<[UInt8]> = []
        for file in files {
            var path = file
            while !path.isEmpty, known.insert(Array(path.utf8)).inserted {
                spellings[keys.key(of: path), default: []].append(path)
                path = PagePath.parent(path)
            }
        }
        var findings: [Finding] = []
        for path in added {
            var part = path
            while !part.isEmpty {
                let others = (spellings[keys.key(of: part)] ?? []).filter { !$0.utf8.elementsEqual(part.utf8) }
                if let other = others.first { findings.append(Self.clash(part, other)) }
                part = PagePath.parent(part)
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
        let present = Set(files.map { Array($0.utf8) })
        var findings: [Finding] = []
        for path in removed {
            let folder = PagePath.folder(of: path)
            let notes = ["\(folder).md", "\(folder)/\(PagePath.name(folder)).md"]
            if notes.contains(where: { present.contains(Array($0.utf8)) }) { continue }
            let prefix = Array("\(folder)/".utf8)
            let child = files.first { PagePath.isPage($0) && $0.utf8.starts(with: prefix) }
            guard let child else { continue }
            findings.append(
                Finding(
                    path,
                    "it is the page of the folder \"\(folder)\", which still holds \"\(PagePath.name(child))\"",
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
    private var folders: [String: String] = [:]

    mutating func key(of path: String) -> String {
        let parent = PagePath.parent(path)
        guard !parent.isEmpty else { return Self.fold(path) }
        let folder = folders[parent] ?? key(of: parent)
        folders[parent] = folder
        return "\(folder)/\(Self.fold(PagePath.name(path)))"
    }

    /// The same as `FileName.collisionKey`, which goes the long way that ASCII does not need.
    private static func fold(_ name: String) -> String {
        name.utf8.allSatisfy { $0 < 0x80 } ? name.lowercased() : FileName.collisionKey(name)
    }
}
