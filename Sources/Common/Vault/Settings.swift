package import Base
internal import Digest
internal import GitStore
internal import Processes

extension Vault {
    /// The settings that every repository of ours has, for whoever works on it.
    var repositorySettings: [(key: String, value: String)] {
        [
            ("core.sharedRepository", options.sharing),
            ("core.logAllRefUpdates", "true"),
            // A power cut must not lose what a person was told is saved; git's default leaves objects and refs
            // to the kernel.
            ("core.fsync", "committed,loose-object,pack,pack-metadata,reference"),
            // One pack with one flush to the disk instead of one flush for each small object: a push of 90 files
            // takes 0.05 s instead of 1.8 s. `maintain` rolls the packs up.
            ("receive.unpackLimit", "1"),
            ("fastimport.unpackLimit", "1"),
            ("http.receivepack", "true"),
            ("http.uploadpack", "true"),
            ("http.getanyfile", "false"),
            ("receive.denyNonFastForwards", "true"),
            ("receive.denyCurrentBranch", "updateInstead"),
            ("receive.fsckObjects", "true"),
            ("receive.advertisePushOptions", "true"),
            ("receive.autogc", "false"),
            ("uploadpack.allowFilter", "true"),
            ("transfer.hideRefs", "refs/docmost"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
        ]
    }

    /// Writes the settings that differ, and nothing when none does: every write takes git's lock of the file.
    ///
    /// A stamp beside the repository tells, without a process, that nothing has changed since the last look.
    func applySettings(to repository: Repository) throws(VaultError) {
        let stampPath = "\(repository.path)/docmost-git/settings"
        let wanted = repositorySettings.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
        let configuration = "\(repository.path)/config"
        func stamp() -> String {
            let digest = hexString(Digest.sha256(Array(wanted.utf8)))
            return "\(digest) \(Files.changeTime(configuration) ?? 0)\n"
        }
        if let seen = fileBytes(stampPath, limit: 1 << 20), seen == Array(stamp().utf8) { return }
        do throws(GitError) {
            let present = try presentSettings(of: repository)
            for setting in repositorySettings where present[setting.key.lowercased()] != [setting.value] {
                try repository.git(["config", "--local", "--replace-all", setting.key, setting.value])
            }
        } catch {
            throw VaultError(error)
        }
        try Files.makeDirectory("\(repository.path)/docmost-git", mode: options.directoryMode)
        try Files.replace(stampPath, with: stamp())
    }

    private func presentSettings(of repository: Repository) throws(GitError) -> [String: [String]] {
        let output = try repository.git(["config", "--local", "--null", "--list"]).output
        var settings: [String: [String]] = [:]
        for record in output.split(separator: 0) {
            let parts = String(decoding: record, as: UTF8.self).split(separator: "\n", maxSplits: 1)
            guard let key = parts.first else { continue }
            settings[String(key), default: []].append(parts.count > 1 ? String(parts[1]) : "")
        }
        return settings
    }

    /// What a git child gets for a fetch, on top of the repository's own settings.
    package func fetchSettings(for space: SpaceID) -> [(key: String, value: String)] {
        commonSettings(for: space) + [("core.hooksPath", "/dev/null")]
    }

    /// What a git child gets for a push: our hooks, and every ref handed to them.
    ///
    /// fsck's verdict on names like `.git` is left to our own check, which can name the file and the remedy.
    package func pushSettings(
        for space: SpaceID,
        hooks: HookLinks,
        maximumBytes: Int
    ) -> [(key: String, value: String)] {
        commonSettings(for: space) + [
            ("core.hooksPath", hooks.directory(chaining: repositoryHooks(of: space))),
            ("receive.procReceiveRefs", "refs"),
            ("receive.maxInputSize", String(maximumBytes)),
            ("receive.fsck.hasDotgit", "ignore"),
            ("receive.fsck.hasDot", "ignore"),
            ("receive.fsck.hasDotdot", "ignore"),
        ]
    }

    private func commonSettings(for space: SpaceID) -> [(key: String, value: String)] {
        [
            // The owner may differ from us where a group shares the directory. http-backend goes there and starts its
            // service for `.`, which git compares as it is written.
            ("safe.directory", repository(for: space).path), ("safe.directory", "."),
            // git's own housekeeping would leave our process group and keep our descriptors open.
            ("receive.autogc", "false"), ("gc.auto", "0"), ("maintenance.auto", "false"),
        ]
    }
}
