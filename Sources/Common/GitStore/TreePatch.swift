import Base
internal import Digest
internal import Glibc
internal import Processes

/// Puts other files in the places of files of a large tree, entry by entry.
///
/// fast-import takes a tree apart and puts it together again, sorted, for one entry that changed, which takes 20 ms for a
/// folder of 20,000 files. Here the 20 bytes of each object's name are changed where they are; git stores the result.
package struct TreePatch {
    /// Bytes from which a tree counts as large: about 2,500 files.
    private static let large = 100_000

    private let repository: Repository
    private let reader: ObjectReader
    private var changed: [(id: ObjectID, bytes: [UInt8])] = []
    private var isLarge = false

    package init(_ repository: Repository, _ reader: ObjectReader) {
        self.repository = repository
        self.reader = reader
    }

    /// Stores the tree that has `files` instead of what `root` has at those paths.
    ///
    /// - Returns: its name; nil when no folder on the way is large, or a path is no plain file there: then nothing is
    ///   stored, and fast-import does as well.
    package mutating func store(_ files: [String: ObjectID], in root: ObjectID) throws(GitError) -> ObjectID? {
        let paths = files.map { (path: Array($0.key.utf8)[...], id: $0.value) }
        changed = []
        isLarge = false
        guard let result = try replace(paths, in: root), isLarge else { return nil }
        for tree in changed { try store(tree.bytes, as: tree.id) }
        return result
    }

    private mutating func replace(
        _ files: [(path: ArraySlice<UInt8>, id: ObjectID)],
        in tree: ObjectID
    ) throws(GitError) -> ObjectID? {
        var bytes = try reader.object("\(tree)").bytes
        if bytes.count >= Self.large { isLarge = true }
        var folders: [ArraySlice<UInt8>: [(path: ArraySlice<UInt8>, id: ObjectID)]] = [:]
        for file in files {
            if let slash = file.path.firstIndex(of: UInt8(ascii: "/")) {
                folders[file.path[..<slash], default: []].append((file.path[(slash + 1)...], file.id))
            } else if !Self.put(file.id, at: file.path, mode: TreeEntry.file, in: &bytes) {
                return nil
            }
        }
        for (name, files) in folders {
            guard let old = Self.entry(name, mode: "40000", in: bytes),
                let new = try replace(files, in: ObjectID(bytes: bytes[old..<old + 20])),
                Self.put(new, at: name, mode: "40000", in: &bytes)
            else { return nil }
        }
        let id = ObjectID(bytes: Digest.sha1(Array("tree \(bytes.count)\0".utf8) + bytes)[...])
        changed.append((id, bytes))
        return id
    }

    private func store(_ tree: [UInt8], as id: ObjectID) throws(GitError) {
        let arguments = ["-c", "core.looseCompression=0", "hash-object", "-t", "tree", "-w", "--stdin"]
        let stored = try repository.git(arguments, input: tree).text
        guard ObjectID(stored.prefix(40)) == id else { throw GitError(.malformed, "git hash-object: \(stored)") }
    }

    private static func put(_ id: ObjectID, at name: ArraySlice<UInt8>, mode: String, in tree: inout [UInt8]) -> Bool {
        guard let offset = entry(name, mode: mode, in: tree) else { return false }
        tree.replaceSubrange(offset..<offset + 20, with: id.bytes)
        return true
    }

    /// Where the object's name of an entry begins. An entry: mode SP name NUL, and 20 bytes (gitformat-pack(5)).
    private static func entry(_ name: ArraySlice<UInt8>, mode: String, in tree: [UInt8]) -> Int? {
        let wanted = Array(mode.utf8) + [UInt8(ascii: " ")] + name + [0]
        return tree.withUnsafeBytes { bytes in
            var start = 0
            while let base = bytes.baseAddress, start < bytes.count {
                guard let zero = memchr(base + start, 0, bytes.count - start) else { return nil }
                let end = base.distance(to: UnsafeRawPointer(zero)) + 1
                if end - start == wanted.count, memcmp(base + start, wanted, wanted.count) == 0 {
                    return end + 20 <= bytes.count ? end : nil
                }
                start = end + 20
            }
            return nil
        }
    }
}
