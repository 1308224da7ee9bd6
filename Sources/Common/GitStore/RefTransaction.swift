import Processes

/// Moves refs all together or not at all, each only from the value we saw (`git update-ref --stdin`).
///
/// git renames one ref file after the other, in the order given, and a power cut may fall in between: list first the
/// ref whose being ahead of the others is harmless. For ours that is `refs/heads/main`.
package struct RefTransaction: Sendable {
    private var lines: [UInt8] = []
    package private(set) var isEmpty = true

    package init() {}

    /// Moves a ref from `old` to `new`; `old` nil: the ref must not exist; `new` nil: the ref is deleted.
    package mutating func update(_ ref: String, from old: ObjectID?, to new: ObjectID?) {
        let old = old ?? .zero
        if let new { add("update \(ref)", "\(new)", "\(old)") } else { add("delete \(ref)", "\(old)") }
        isEmpty = false
    }

    /// Deletes a ref whatever it holds.
    package mutating func delete(_ ref: String) {
        add("delete \(ref)", "")
        isEmpty = false
    }

    private mutating func add(_ fields: String...) {
        for field in fields {
            lines.append(contentsOf: field.utf8)
            lines.append(0)
        }
    }

    /// Carries the moves out; nothing has moved when this throws `.refMoved`.
    ///
    /// - Parameter reason: the reflog's text.
    package func commit(in repository: Repository, reason: String, environment: [String: String] = [:]) throws(GitError)
    {
        guard !isEmpty else { return }
        let input = Array("start\0".utf8) + lines + Array("prepare\0commit\0".utf8)
        let arguments = ["update-ref", "-m", reason, "--stdin", "-z", "--create-reflog"]
        do throws(ProcessError) {
            let identity = ["GIT_COMMITTER_NAME": "docmost-git", "GIT_COMMITTER_EMAIL": "docmost-git@localhost"]
            let command = repository.command(arguments, environment: identity.merging(environment) { $1 })
            let result = try run(command, input: input)
            guard !result.status.isSuccess else { return }
            let text = result.errorText
            let moved =
                text.contains("but expected") || text.contains("cannot lock ref")
                || text.contains("reference already exists")
                || text.contains("unable to resolve reference")
            throw ProcessError(moved ? .pipe : .failed, "git update-ref: \(text)")
        } catch {
            throw GitError(error.code == .pipe ? .refMoved : .failed, error.message)
        }
    }
}

extension Repository {
    /// Drops what an importer left behind when its process was killed.
    package func removeImportRefs() throws(GitError) {
        var transaction = RefTransaction()
        for ref in try refs(under: Importer.refPrefix) { transaction.delete(ref.name) }
        try transaction.commit(in: self, reason: "drop leftovers of an interrupted import")
    }
}
