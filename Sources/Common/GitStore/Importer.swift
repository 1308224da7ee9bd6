import Base
import Glibc
import Processes

/// Writes blobs and commits through one `git fast-import`.
///
/// Nothing that it writes can be seen until `finish()` returns, and no ref that matters moves: commits are kept
/// reachable by temporary refs under `refs/docmost/import/`, which the caller's ref transaction deletes.
/// After a crash those refs are leftovers; `Repository.removeImportRefs()` drops them.
package final class Importer {
    /// A change of one file relative to the parent commit's tree.
    package enum Edit: Sendable {
        case write(path: String, bytes: [UInt8])
        case link(path: String, id: ObjectID, mode: String)
        /// The path becomes a folder with that tree, whatever was there.
        case folder(path: String, tree: ObjectID)
        case delete(path: String)
        case deleteAll
        /// All files at once; nothing of the parent is read.
        case root(tree: ObjectID)
    }

    package static let refPrefix = "refs/docmost/import/"

    private let repository: Repository
    private let child: Child
    private var pending: [UInt8] = []
    private var nextMark = 1
    private var refs: [String] = []
    private var marks: [ObjectID: Int] = [:]

    /// - Parameter environment: more variables for git.
    package init(_ repository: Repository, environment: [String: String] = [:]) throws(GitError) {
        self.repository = repository
        do throws(ProcessError) {
            // A folder's tree is half object names, which no effort makes smaller: the usual level takes twice as long for
            // a twentieth of the size. Repacking packs trees as differences anyway.
            let arguments = ["-c", "pack.compression=1", "fast-import", "--quiet", "--done", "--force"]
            var command = repository.command(arguments + ["--date-format=raw"], environment: environment)
            command.input = .pipe
            child = try Child(command)
        } catch {
            throw GitError(error)
        }
    }

    /// Stores a blob and returns its name.
    package func blob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        let mark = takeMark()
        try send("blob\nmark :\(mark)\n")
        try send(data: bytes)
        return try id(of: mark)
    }

    /// Stores a commit on `parents` (the first one's tree is changed by `edits`) and returns its name.
    package func commit(
        parents: [ObjectID],
        edits: [Edit],
        author: Signature,
        committer: Signature,
        message: String
    ) throws(GitError) -> ObjectID {
        let mark = takeMark()
        // A ref of its own for each chain keeps fast-import from calling a second root a rewrite.
        let ref = "\(Self.refPrefix)\(UserID.fresh())"
        refs.append(ref)
        try send("commit \(ref)\nmark :\(mark)\nauthor \(author.text)\ncommitter \(committer.text)\n")
        // A NUL would end the message for every reader of the commit.
        try send(data: message.utf8.map { $0 == 0 ? UInt8(ascii: " ") : $0 })
        // Without "from" a commit begins without files, so that git does not load those of its parent.
        var isNew = false
        if case .root = edits.first { isNew = true }
        for (index, parent) in parents.enumerated() {
            try send("\(index == 0 && !isNew ? "from" : "merge") \(reference(to: parent))\n")
        }
        for edit in edits { try send(edit) }
        try send("\n")
        let id = try id(of: mark)
        marks[id] = mark
        return id
    }

    /// fast-import does not find a commit of its own by name before it has ended.
    private func reference(to commit: ObjectID) -> String { marks[commit].map { ":\($0)" } ?? "\(commit)" }

    /// Makes everything visible and durable; returns the temporary refs to be deleted by the caller's transaction.
    package func finish() throws(GitError) -> [String] {
        try send("done\n")
        try flush()
        child.closeInput()
        var errors: [UInt8] = []
        while try readSome(child.errors, into: &errors) {}
        guard let status = child.wait(until: .after(milliseconds: 120_000)), status.isSuccess else {
            throw GitError(.failed, "git fast-import: \(String(decoding: errors.suffix(2000), as: UTF8.self))")
        }
        return refs
    }

    /// The tree of a commit that this importer wrote; nil for one that it did not.
    package func tree(of commit: ObjectID) throws(GitError) -> ObjectID? {
        guard marks[commit] != nil else { return nil }
        try send("ls \(reference(to: commit)) \"\"\n")
        // <mode> SP "tree" SP <object> TAB <path>
        let fields = try answer().prefix { $0 != UInt8(ascii: "\t") }.split(separator: UInt8(ascii: " "))
        guard fields.count == 3, let id = ObjectID(hexadecimal: fields[2]) else {
            throw GitError(.malformed, "git fast-import: unreadable tree of \(commit)")
        }
        return id
    }

    private func takeMark() -> Int {
        defer { nextMark += 1 }
        return nextMark
    }

    private func send(_ edit: Edit) throws(GitError) {
        switch edit {
        case .write(let path, let bytes):
            try send("M 100644 inline \(Self.quoted(path))\n")
            try send(data: bytes)
        case .link(let path, let id, let mode): try send("M \(mode) \(id) \(Self.quoted(path))\n")
        case .folder(let path, let tree): try send("M 040000 \(tree) \(Self.quoted(path))\n")
        case .delete(let path): try send("D \(Self.quoted(path))\n")
        case .root(let tree): try send("M 040000 \(tree) \"\"\n")
        case .deleteAll: try send("deleteall\n")
        }
    }

    private func send(data bytes: [UInt8]) throws(GitError) {
        try send("data \(bytes.count)\n")
        pending.append(contentsOf: bytes)
        try send("\n")
    }

    private func send(_ text: String) throws(GitError) {
        pending.append(contentsOf: text.utf8)
        if pending.count > 1 << 18 { try flush() }
    }

    private func flush() throws(GitError) {
        var sent = 0
        while sent < pending.count {
            var descriptor = pollfd(fd: child.input, events: Int16(POLLOUT), revents: 0)
            guard poll(&descriptor, 1, 120_000) != 0 else { throw GitError(.failed, "git fast-import reads nothing") }
            let count = pending.withUnsafeBytes {
                write(child.input, $0.baseAddress.map { $0 + sent }, $0.count - sent)
            }
            if count > 0 { sent += count }
            if count < 0, errno != EAGAIN, errno != EINTR { throw ended() }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// Asks fast-import for the name behind a mark.
    private func id(of mark: Int) throws(GitError) -> ObjectID {
        try send("get-mark :\(mark)\n")
        guard let id = ObjectID(hexadecimal: try answer().prefix(40)) else {
            throw GitError(.malformed, "git fast-import: unreadable object name")
        }
        return id
    }

    /// The line with which fast-import answers what was sent last.
    private func answer() throws(GitError) -> [UInt8] {
        try flush()
        var answer: [UInt8] = []
        while !answer.contains(UInt8(ascii: "\n")) {
            guard try readSome(child.output, into: &answer) else { throw ended() }
        }
        return answer
    }

    private func ended() -> GitError {
        var errors: [UInt8] = []
        while (try? readSome(child.errors, into: &errors)) == true {}
        return GitError(.failed, "git fast-import ended: \(String(decoding: errors.prefix(2000), as: UTF8.self))")
    }

    /// Waits for bytes and appends them; false at the end of the stream.
    private func readSome(_ descriptor: Int32, into bytes: inout [UInt8]) throws(GitError) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 120_000) != 0 else { throw GitError(.failed, "git fast-import gives no answer") }
        let count = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { space in
            let count = read(descriptor, space.baseAddress, space.count)
            if count > 0 { bytes.append(contentsOf: space.prefix(count)) }
            return count
        }
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
    }

    /// A path in fast-import's C-style quotes, which every byte survives (git-fast-import(1), "filemodify").
    static func quoted(_ path: String) -> String {
        var text = "\""
        for scalar in path.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
