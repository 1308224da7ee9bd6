import Processes

extension Repository {
    /// Everything that the commits reachable from some tips changed, each against its parent; of a merge, against each of
    /// its parents, and then without renames, which would pair the files of one side with those of the other.
    package func history(of tips: [ObjectID]) throws(GitError) -> [TreeChange] {
        try changes(of: tips, choosing: "--no-merges", comparing: ["-M50%", "-l5000"])
            + changes(of: tips, choosing: "--merges", comparing: ["-m", "--no-renames"])
    }

    private func changes(
        of tips: [ObjectID],
        choosing: String,
        comparing: [String]
    ) throws(GitError) -> [TreeChange] {
        let commits = try git(["rev-list", choosing] + tips.map { "\($0)" }).text.split(separator: "\n")
        let arguments =
            ["diff-tree", "--stdin", "--root", "-r", "-z", "--raw", "--no-abbrev", "--no-commit-id"] + comparing
        var changes: [TreeChange] = []
        for start in stride(from: 0, to: commits.count, by: 500) {
            let chunk = commits[start..<min(start + 500, commits.count)].joined(separator: "\n") + "\n"
            changes += try Self.parseRaw(try git(arguments, input: Array(chunk.utf8)).output)
        }
        return changes
    }
}
