internal import Base
internal import GitStore
internal import PageFile
internal import Processes

/// The checks of page files: sizes, encoding, frontmatter, ids, conflict markers.
struct PageChecks {
    let repository: Repository
    let quarantine: [String: String]
    let limits: PushLimits

    /// - Parameter new: the commit that the pages belong to.
    func findings(_ pages: [TreeChange], in new: ObjectID) throws(GitError) -> [Finding] {
        guard !pages.isEmpty else { return [] }
        let sizes = try sizes(of: pages)
        var findings: [Finding] = []
        var fit: [TreeChange] = []
        for (page, size) in zip(pages, sizes) {
            if size <= limits.pageBytes {
                fit.append(page)
            } else {
                findings.append(tooLarge(page.path, size))
            }
        }
        var ids: [PageID: [TreeChange]] = [:]
        let reader = ObjectReader(repository, environment: quarantine)
        try reader.objects(fit.map { "\($0.id)" }) { index, object in
            guard let bytes = object?.bytes else { return }
            let path = fit[index].path
            do throws(PageFileError) {
                let file = try PageFile(bytes)
                findings += textFindings(path, bytes)
                if let id = file.id { ids[id, default: []].append(fit[index]) }
            } catch {
                let advice = error.reason.advice
                findings.append(Finding(path, line: error.line, advice.cause, remedy: advice.remedy))
            }
        }
        return try findings + doubledIDs(ids, in: new)
    }

    private func sizes(of pages: [TreeChange]) throws(GitError) -> [Int] {
        let input = Array(pages.map { "\($0.id)\n" }.joined().utf8)
        let arguments = ["cat-file", "--batch-check=%(objectsize)"]
        let output = try repository.git(arguments, input: input, environment: quarantine).text
        let sizes = output.split(separator: "\n").map { Int($0) ?? .max }
        guard sizes.count == pages.count else { throw GitError(.malformed, "git cat-file: answers are missing") }
        return sizes
    }

    private func tooLarge(_ path: String, _ size: Int) -> Finding {
        Finding(
            path,
            "the page has \(Self.readable(size)), more than \(Self.readable(limits.pageBytes))",
            remedy: "split it into several pages"
        )
    }

    private static func readable(_ bytes: Int) -> String {
        bytes < 1 << 20 ? "\(bytes) bytes" : "\(bytes >> 20) MiB"
    }

    private func textFindings(_ path: String, _ bytes: [UInt8]) -> [Finding] {
        if let zero = bytes.firstIndex(of: 0) {
            let line = bytes[..<zero].count { $0 == UInt8(ascii: "\n") } + 1
            return [
                Finding(path, line: line, "it is no text (a NUL byte)", remedy: "give the file another suffix than .md")
            ]
        }
        guard let line = ConflictMarkers.firstLine(in: bytes) else { return [] }
        let cause = "a conflict of a merge is not resolved (<<<<<<<)"
        return [Finding(path, line: line, cause, remedy: "keep the right text and remove the three marks")]
    }

    /// Two new files with one id, neither of which is the page: nobody could say which one is meant.
    ///
    /// A copy of a page that stays where it was is fine: the copy becomes a new page.
    private func doubledIDs(_ ids: [PageID: [TreeChange]], in new: ObjectID) throws(GitError) -> [Finding] {
        var findings: [Finding] = []
        for (id, pages) in ids.sorted(by: { $0.key < $1.key }) where pages.count > 1 {
            guard pages.allSatisfy({ $0.status == .added }) else { continue }
            let paths = pages.map(\.path)
            guard try !isElsewhere(id, than: paths, in: new) else { continue }
            findings.append(
                Finding(
                    paths[1],
                    "it has the page id of \"\(paths[0])\", and both files are new",
                    remedy: "remove the line with the id from the one that is to become a new page"
                )
            )
        }
        return findings
    }

    /// Whether an unchanged file of the tree has the id. Asked only about doubled ids.
    private func isElsewhere(_ id: PageID, than paths: [String], in new: ObjectID) throws(GitError) -> Bool {
        let arguments = ["grep", "-z", "-l", "-i", "-F", "-e", id.description, "\(new)", "--", "*.md"]
        do throws(ProcessError) {
            let result = try run(repository.command(arguments, environment: quarantine))
            let prefix = "\(new):".utf8.count
            return result.output.split(separator: 0).contains { record in
                !paths.contains { $0.utf8.elementsEqual(record.dropFirst(prefix)) }
            }
        } catch {
            throw GitError(error)
        }
    }
}
