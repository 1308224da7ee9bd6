package import GitStore
internal import Processes

/// The records of a space's pushes, kept as commits under a ref that no client sees.
///
/// A record is added in the transaction that moves main, so neither exists without the other. The daemon marks how far
/// it has come in the transaction of its own commits.
package struct PushJournal: Sendable {
    private let repository: Repository

    package init(_ repository: Repository) { self.repository = repository }

    /// Writes a record's commit on the newest one, without moving a ref. Its tree is empty: a record keeps nothing
    /// alive that is removed from the history later.
    package func write(_ record: PushRecord, on newest: ObjectID?) throws(GitError) -> ObjectID {
        let author = Signature(name: record.name, email: record.email, seconds: Int(record.time / 1000))
        let identity = [
            "GIT_AUTHOR_NAME": author.name, "GIT_AUTHOR_EMAIL": author.email,
            "GIT_AUTHOR_DATE": "@\(author.seconds) +0000", "GIT_COMMITTER_NAME": "docmost-git",
            "GIT_COMMITTER_EMAIL": "docmost-git@localhost", "GIT_COMMITTER_DATE": "@\(author.seconds) +0000",
        ]
        let arguments = ["commit-tree", "\(ObjectID.emptyTree)"] + (newest.map { ["-p", "\($0)"] } ?? [])
        let output = try repository.git(arguments, input: Array(record.message.utf8), environment: identity).text
        guard let id = ObjectID(output.prefix(40)) else { throw GitError(.malformed, "git commit-tree: \(output)") }
        return id
    }

    /// The moves that make a push: main first, so that a kill in between leaves main ahead of its record, which
    /// the next cycle reads as a push by an unknown person, and never a record of a push that did not happen.
    package func moves(for record: PushRecord, commit: ObjectID, on newest: ObjectID?) -> RefTransaction {
        var transaction = RefTransaction()
        transaction.update(RefNames.main, from: record.old, to: record.new)
        transaction.update(RefNames.pushed, from: newest, to: commit)
        return transaction
    }

    /// The newest record's commit.
    package var newest: ObjectID? { repository.resolve(RefNames.pushed) }

    /// The pushes that the daemon has not carried into the wiki, oldest first. No process when there are none.
    package func pending() throws(GitError) -> [PushRecord] {
        guard let newest else { return [] }
        let reconciled = repository.resolve(RefNames.reconciled)
        guard newest != reconciled else { return [] }
        let range = ["\(newest)"] + (reconciled.map { ["^\($0)"] } ?? [])
        let output = try repository.git(["log", "-z", "--reverse", "--first-parent", "--format=%H%n%B"] + range).output
        return output.split(separator: 0).compactMap { entry in
            ObjectID(hexadecimal: entry.prefix(40)).flatMap { PushRecord(message: Array(entry), commit: $0) }
        }
    }

    /// Adds to a transaction that the record, and all before it, are in the wiki.
    package func markReconciled(_ record: PushRecord, in transaction: inout RefTransaction) {
        guard let commit = record.commit else { return }
        transaction.update(RefNames.reconciled, from: repository.resolve(RefNames.reconciled), to: commit)
    }
}
