/// What must hold between the files of a tree.
struct TreeRules {
    let files: [String]

    /// Names that are one name on systems without letter case or with another Unicode normalisation.
    func clashes(of added: [String]) -> [Finding] {
        guard !added.isEmpty else { return [] }
        // String keys are equal under canonical equivalence, which is what those systems do.
        var spellings: [String: [String]] = [:]
        var known: Set<[UInt8]> = []
        for file in files {
            var path = file
            while !path.isEmpty, known.insert(Array(path.utf8)).inserted {
                spellings[path.lowercased(), default: []].append(path)
                path = PagePath.parent(path)
            }
        }
        var findings: [Finding] = []
        for path in added {
            var part = path
            while !part.isEmpty {
                let others = (spellings[part.lowercased()] ?? []).filter { !$0.utf8.elementsEqual(part.utf8) }
                if let other = others.first {
                    findings.append(
                        Finding(
                            part,
                            "its name differs from \"\(other)\" only in letter case or accents' encoding",
                            remedy: "rename one of the two: git mv"
                        )
                    )
                }
                part = PagePath.parent(part)
            }
        }
        return findings
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
