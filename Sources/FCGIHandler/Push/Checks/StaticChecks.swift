internal import Base
internal import GitStore
internal import Processes
internal import PushProtocol
internal import Reconcile

/// The checks that need no lock: what would become main, looked at while git still keeps it in quarantine.
struct StaticChecks {
    let repository: Repository
    /// Variables by which git finds the quarantined objects.
    let quarantine: [String: String]
    let limits: PushLimits

    /// Everything that is wrong with the files that the push changes. What was there before is not judged again.
    func findings(from old: ObjectID?, to new: ObjectID) throws(GitError) -> [Finding] {
        let changes = try repository.changes(from: old, to: new, environment: quarantine)
        let present = changes.filter { $0.status != .deleted }
        var findings = try historyFindings(from: old, to: new) + purgedFindings(from: old, to: new)
        let names = NameRules(pathBytes: limits.pathBytes)
        let misnamed = present.compactMap { names.finding($0.path, mode: $0.mode) }
        let reserved = Set(findings.map(\.path))
        findings += misnamed.filter { finding in !reserved.contains { finding.path.hasPrefix("\($0)/") } }
        let unfit = Set(misnamed.map(\.path))
        let sound = present.filter { !unfit.contains($0.path) }
        findings += try treeFindings(changes, to: new)
        let pages = PageChecks(repository: repository, quarantine: quarantine, limits: limits)
        findings += try pages.findings(sound.filter { PagePath($0.path).isPage }, in: new)
        var seen: Set<Finding> = []
        return findings.filter { seen.insert($0).inserted }
    }

    /// A clone from before a purge, merged with what is here now, would bring the page back into the history.
    private func purgedFindings(from old: ObjectID?, to new: ObjectID) throws(GitError) -> [Finding] {
        let purged = PurgedCommits(of: repository).all
        guard !purged.isEmpty else { return [] }
        let range = ["\(new)"] + (old.map { ["^\($0)"] } ?? [])
        let commits = try repository.git(["rev-list"] + range, environment: quarantine).text.split(separator: "\n")
        guard let back = commits.first(where: { ObjectID($0).map(purged.contains) ?? false }) else { return [] }
        return [
            Finding(
                "commit \(back.prefix(12))",
                "it holds a page that was purged from the history since this was cloned",
                remedy: "clone again, and take only your own commits there: git format-patch here, git am there"
            )
        ]
    }

    /// Names that no clone may ever be made to check out, in any commit of the push and not only in the last one.
    private func historyFindings(from old: ObjectID?, to new: ObjectID) throws(GitError) -> [Finding] {
        let range = ["\(new)"] + (old.map { ["^\($0)"] } ?? [])
        let arguments = [
            "log", "-m", "-r", "-t", "-z", "--name-only", "--no-renames", "--diff-filter=AMT", "--format=",
        ]
        let output = try repository.git(arguments + range, environment: quarantine).output
        var findings: [Finding] = []
        for record in output.split(separator: 0) {
            let names = record.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard let bad = names.firstIndex(where: NameRules.isReserved) else { continue }
            let path = names[...bad].map { String(decoding: $0, as: UTF8.self) }
            findings.append(
                Finding(
                    path.joined(separator: "/"),
                    "a commit of this push holds the name \"\(path[bad])\", which is git's own on some systems",
                    remedy: "rename it in that commit: git rebase -i origin/main"
                )
            )
        }
        return findings
    }

    /// What is wrong between files: names that clash, folders that lost their page.
    private func treeFindings(_ changes: [TreeChange], to new: ObjectID) throws(GitError) -> [Finding] {
        let added = changes.filter { $0.status == .added }.map(\.path)
        let removed = changes.filter { $0.status == .deleted && PagePath($0.path).isPage }.map(\.path)
        guard !added.isEmpty || !removed.isEmpty else { return [] }
        let files = try repository.files(of: new, environment: quarantine).map(\.path)
        let tree = TreeRules(files: files)
        return tree.clashes(of: added) + tree.orphans(of: removed)
    }
}
