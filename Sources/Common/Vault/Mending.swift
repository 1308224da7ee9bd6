package import Base
internal import GitStore

extension Vault {
    /// Repairs what a crash, a full disk or a careless hand may have left: HEAD, main, and half received objects.
    func mend(_ repository: Repository) throws(VaultError) {
        let head = "\(repository.path)/HEAD"
        let wanted = "ref: \(RefNames.main)\n"
        if fileBytes(head, limit: 1 << 20) != Array(wanted.utf8) {
            // A lock left by a killed git would refuse every later change of HEAD.
            Files.remove("\(head).lock")
            try Files.replace(head, with: wanted)
        }
        if repository.resolve(RefNames.main) == nil, repository.resolve(RefNames.base) != nil {
            try restoreMain(of: repository)
        }
        try removeOldQuarantines(of: repository)
    }

    /// Puts main back where it was last: by its log, or to where both sides last agreed.
    private func restoreMain(of repository: Repository) throws(VaultError) {
        let log = fileBytes("\(repository.path)/logs/\(RefNames.main)", limit: 64 << 20) ?? []
        // <old> SP <new> SP <who> …
        let logged = log.split(separator: UInt8(ascii: "\n")).reversed().lazy
            .compactMap { ObjectID(hexadecimal: $0.dropFirst(41).prefix(40)) }
        let reader = ObjectReader(repository)
        let isThere = { (id: ObjectID) in !id.isZero && (try? reader.commit(id)) != nil }
        guard let last = logged.first(where: isThere) ?? agreedMain(of: repository, reader) else {
            throw VaultError("\(repository.path): main is missing and its log names no commit; restore a backup")
        }
        let loose = "\(repository.path)/\(RefNames.main)"
        // git refuses to update a ref whose file it cannot read.
        if Files.kind(loose) == .file { Files.remove(loose) }
        Files.remove("\(loose).lock")
        var transaction = RefTransaction()
        transaction.update(RefNames.main, from: nil, to: last)
        do throws(GitError) {
            try transaction.commit(in: repository, reason: "restore main after damage")
        } catch {
            throw VaultError(error)
        }
    }

    /// The tip of main that the cycle's last commit on the base names.
    private func agreedMain(of repository: Repository, _ reader: ObjectReader) -> ObjectID? {
        guard let base = repository.resolve(RefNames.base), let message = try? reader.commit(base).message else {
            return nil
        }
        return BaseMessage.main(in: message)
    }

    /// Removes lock files of refs that a killed git has left. Call it only while the space is held: refs move under
    /// its lock alone, so such a file belongs to nobody alive.
    ///
    /// - Parameter seconds: younger files are left: an orphan of the last holder may still be at its last step.
    /// - Returns: how many seconds are missing until the youngest left one may be removed; 0 when none is left.
    @discardableResult
    package func removeStaleLocks(of space: SpaceID, olderThan seconds: Int = 5) -> Int {
        let path = repository(for: space).path
        var candidates = ["HEAD", "config", "packed-refs", RefNames.main]
        candidates += Files.names(in: "\(path)/refs/docmost").filter { $0.hasSuffix(".lock") }
            .map { "refs/docmost/\($0.dropLast(5))" }
        var missing = 0
        for candidate in candidates {
            guard let age = Files.age("\(path)/\(candidate).lock") else { continue }
            if age >= seconds {
                Files.remove("\(path)/\(candidate).lock")
            } else {
                missing = max(missing, seconds - age)
            }
        }
        return missing
    }
}
