internal import Base
internal import GitStore
internal import Processes

// The predecessor kept a work tree at `<data directory>/<space id>/`, with a branch `docmost` for the wiki's side.
//
// Its objects are copied, its directory is left as it is. No git runs inside it: what it holds is read through our new
// repository, so that neither its configuration nor its hooks have a say.

extension Vault {
    func takeOver(_ directory: String, into new: Repository) throws(VaultError) {
        let old = Predecessor(directory: directory)
        let alternates = "\(new.path)/objects/info/alternates"
        try Files.makeDirectory("\(new.path)/objects/info", mode: options.directoryMode)
        try Files.replace(alternates, with: "\(directory)/.git/objects\n")
        do throws(GitError) {
            let saved = try old.saveWorkTree(into: new)
            guard let main = saved.main ?? old.main else { return Files.remove(alternates) }
            var moves = RefTransaction()
            moves.update(RefNames.main, from: nil, to: main)
            if let wiki = old.refs.resolve("refs/heads/docmost") {
                moves.update(RefNames.base, from: nil, to: wiki)
            }
            if let rescued = saved.rescued { moves.update("refs/docmost/rescued", from: nil, to: rescued) }
            for ref in try old.otherRefs() { moves.update(ref.name, from: nil, to: ref.id) }
            try moves.commit(in: new, reason: "take over the repository of gitmost")
            // Copies what the alternate holds; afterwards the old directory may go.
            try new.git(["repack", "-q", "-a", "-d", "-b"])
            Files.remove(alternates)
        } catch {
            throw VaultError("take-over of \(directory): \(error.message)")
        }
    }
}

/// What the predecessor left of one space.
private struct Predecessor {
    let directory: String
    /// Its refs are read from their files.
    let refs: Repository

    init(directory: String) {
        self.directory = directory
        refs = Repository(path: "\(directory)/.git")
    }

    var main: ObjectID? {
        refs.resolve(RefNames.main) ?? refs.resolve("refs/heads/docmost") ?? refs.resolve("HEAD")
    }

    /// Whether a merge was under way, and with what.
    private var merging: ObjectID? { refs.resolve("MERGE_HEAD") }

    /// Whether what differs in the work tree is the predecessor's own half-done export, which the wiki still has.
    private var isExporting: Bool {
        let head = fileBytes("\(directory)/.git/HEAD", limit: 1 << 20).map { String(decoding: $0, as: UTF8.self) }
        return refs.resolve("refs/docmost/pulling") != nil || head != "ref: \(RefNames.main)\n"
    }

    /// Keeps uncommitted files as a commit: on main when they may be a person's or hold ids that were just given out;
    /// beside it (`refs/docmost/rescued`) when they are a half-done export or a half-done merge, whose text may hold
    /// conflict markers.
    func saveWorkTree(into new: Repository) throws(GitError) -> (main: ObjectID?, rescued: ObjectID?) {
        guard let head = refs.resolve("HEAD") else { return (nil, nil) }
        let index = ["GIT_INDEX_FILE": "\(new.path)/docmost-git.index", "GIT_WORK_TREE": directory]
        defer { Files.remove("\(new.path)/docmost-git.index") }
        try new.git(["read-tree", "\(head)"], environment: index)
        try new.git(
            ["-c", "core.bare=false", "-c", "core.autocrlf=false", "-C", directory, "add", "-A", "--force", "."],
            environment: index.merging(["GIT_ATTR_NOSYSTEM": "1"]) { $1 }
        )
        let tree = try new.git(["write-tree"], environment: index).text.prefix(40)
        let reader = ObjectReader(new)
        let headTree = try reader.commit(head).tree
        guard "\(headTree)" != tree || merging != nil else { return (nil, nil) }
        let parents = [head] + (merging.map { [$0] } ?? [])
        let saved = try commit(tree: String(tree), parents: parents, in: new)
        let belongsBeside = merging != nil || isExporting
        return belongsBeside ? (nil, saved) : (saved, nil)
    }

    private func commit(tree: String, parents: [ObjectID], in new: Repository) throws(GitError) -> ObjectID {
        let identity = [
            "GIT_AUTHOR_NAME": "docmost-git", "GIT_AUTHOR_EMAIL": "docmost-git@localhost",
            "GIT_COMMITTER_NAME": "docmost-git", "GIT_COMMITTER_EMAIL": "docmost-git@localhost",
        ]
        let message = "Keep files that gitmost had not committed\n"
        let arguments = ["commit-tree", tree] + parents.flatMap { ["-p", "\($0)"] }
        let output = try new.git(arguments, input: Array(message.utf8), environment: identity).text
        guard let id = ObjectID(output.prefix(40)) else { throw GitError(.malformed, "git commit-tree: \(output)") }
        return id
    }

    /// Branches and tags that people had pushed there. They are kept out of sight: only main is shown.
    func otherRefs() throws(GitError) -> [(name: String, id: ObjectID)] {
        try refs.refs(under: "refs/").compactMap { ref in
            let isOurs = ref.name.hasPrefix("refs/docmost/")
            guard !isOurs, ref.name != RefNames.main, ref.name != "refs/heads/docmost" else { return nil }
            return ("refs/docmost/predecessor/\(ref.name.dropFirst(5))", ref.id)
        }
    }
}
