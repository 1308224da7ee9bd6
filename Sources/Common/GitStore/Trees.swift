import Processes

/// One file of a tree: full path, mode as git writes it in octal, and object.
package struct TreeEntry: Sendable, Hashable {
    package let path: String
    package let mode: String
    package let id: ObjectID

    package init(path: String, mode: String, id: ObjectID) {
        self.path = path
        self.mode = mode
        self.id = id
    }

    package static let file = "100644"
    package static let symlink = "120000"
    package static let submodule = "160000"
}

/// One difference between two trees (git-diff-tree(1), raw format).
package struct TreeChange: Sendable, Hashable {
    package enum Status: Character, Sendable {
        case added = "A"
        case deleted = "D"
        case modified = "M"
        case typeChanged = "T"
        case renamed = "R"
        case copied = "C"
    }

    package let status: Status
    /// The path in the old tree; of an addition, the same as `path`.
    package let oldPath: String
    package let path: String
    package let oldMode: String
    package let mode: String
    package let oldID: ObjectID
    package let id: ObjectID
    /// Of renames and copies: how much of the content is the same, in percent.
    package let similarity: Int
}

extension Repository {
    /// Every file of a commit or tree, in git's order. One process.
    ///
    /// - Parameter folder: only what lies in this folder, with paths from there; nothing if there is no such folder.
    package func files(
        of treeish: ObjectID,
        in folder: String? = nil,
        environment: [String: String] = [:]
    ) throws(GitError) -> [TreeEntry] {
        let prefix = folder.map { "\($0)/" } ?? ""
        let arguments = ["ls-tree", "-r", "-z", "--full-tree", "\(treeish)"] + (folder == nil ? [] : ["--", prefix])
        let output = try git(arguments, environment: environment).output
        var entries: [TreeEntry] = []
        for record in output.split(separator: 0) {
            // <mode> SP <type> SP <object> TAB <path>
            guard let tab = record.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let fields = record[..<tab].split(separator: UInt8(ascii: " "))
            guard fields.count == 3, let id = ObjectID(hexadecimal: fields[2]) else {
                throw GitError(.malformed, "git ls-tree: unreadable line")
            }
            let path = String(decoding: record[(tab + 1)...].dropFirst(prefix.utf8.count), as: UTF8.self)
            entries.append(TreeEntry(path: path, mode: String(decoding: fields[0], as: UTF8.self), id: id))
        }
        return entries
    }

    /// The differences between two trees. One process.
    ///
    /// - Parameters:
    ///   - old: nil stands for the empty tree.
    ///   - renames: pair deletions with additions of at least 50 % the same content.
    package func changes(
        from old: ObjectID?,
        to new: ObjectID,
        renames: Bool = false,
        environment: [String: String] = [:]
    ) throws(GitError) -> [TreeChange] {
        var arguments = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-commit-id", "--full-index"]
        arguments += renames ? ["-M50%", "-l0"] : ["--no-renames"]
        arguments += ["\(old ?? .emptyTree)", "\(new)"]
        let output = try git(arguments, environment: environment).output
        return try Self.parseRaw(output)
    }

    static func parseRaw(_ output: [UInt8]) throws(GitError) -> [TreeChange] {
        var fields = output.split(separator: 0)[...]
        var changes: [TreeChange] = []
        while let head = fields.popFirst() {
            // :<old mode> <new mode> <old object> <new object> <status><score>
            let parts = head.dropFirst().split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
            guard parts.count == 5, let letter = parts[4].first, let status = TreeChange.Status(rawValue: letter),
                let oldID = ObjectID(parts[2]), let id = ObjectID(parts[3]), let first = fields.popFirst()
            else { throw GitError(.malformed, "git diff-tree: unreadable record") }
            let oldPath = String(decoding: first, as: UTF8.self)
            var path = oldPath
            if status == .renamed || status == .copied {
                guard let second = fields.popFirst() else { throw GitError(.malformed, "git diff-tree: cut short") }
                path = String(decoding: second, as: UTF8.self)
            }
            changes.append(
                TreeChange(
                    status: status,
                    oldPath: oldPath,
                    path: path,
                    oldMode: parts[0],
                    mode: parts[1],
                    oldID: oldID,
                    id: id,
                    similarity: Int(parts[4].dropFirst()) ?? 100
                )
            )
        }
        return changes
    }
}
