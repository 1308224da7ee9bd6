internal import Base
package import GitStore
internal import Glibc

/// The commits that a purge has taken out of a space's repository, because they held the page's text.
///
/// Whoever cloned before has them still, and a merge of that clone with the new history would bring them back. Kept in
/// `<space uuid>.git/docmost-git/purged`, one name a line; a repository without that file was never purged.
package struct PurgedCommits: Sendable {
    private let path: String

    package init(of repository: Repository) { path = "\(repository.path)/docmost-git/purged" }

    /// All of them. No process.
    package var all: Set<ObjectID> {
        let lines = (fileBytes(path, limit: 64 << 20) ?? []).split(separator: UInt8(ascii: "\n"))
        return Set(lines.compactMap { ObjectID(hexadecimal: $0) })
    }

    /// - Returns: whether they were written.
    package func add(_ commits: some Collection<ObjectID>) -> Bool {
        guard !commits.isEmpty else { return true }
        guard let file = fopen(path, "a") else { return false }
        let bytes = Array(commits.map { "\($0)\n" }.sorted().joined().utf8)
        let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
        return fclose(file) == 0 && isWritten
    }
}
