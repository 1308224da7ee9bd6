import Glibc
import Processes
import Settings
import Vault

/// What the machine must give: files, rights, programs, git, room.
extension InstallationCheck {
    /// The services read the same files with fewer rights than root.
    mutating func checkFiles() {
        let user = OwnUser.name(geteuid())
        if installation.settingsFiles.isEmpty { add(.works, "settings", "from the environment alone") }
        for file in installation.settingsFiles {
            var status = stat()
            if access(file, R_OK) != 0 {
                let remedy = "chgrp \(user) \(file) && chmod g+r \(file); the folders above it need x for \(user)"
                add(
                    .fails,
                    "settings",
                    "\(file) cannot be read by \(user): \(String(cString: strerror(errno)))",
                    remedy
                )
            } else if stat(file, &status) == 0, status.st_mode & 0o004 != 0 {
                add(.warns, "settings", "\(file) holds passwords, and everybody may read it", "chmod o-r \(file)")
            } else {
                add(.works, "settings", file)
            }
            noteHidden(file, "settings")
        }
    }

    /// The responder finds the hook beside itself; an installation by hand forgets it.
    mutating func checkPrograms() {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let directory = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? ""
        guard access("\(directory)/docmost-git-fcgi", F_OK) == 0 else { return }
        for name in ["docmost-git-fcgi", "docmost-git-hook"] where access("\(directory)/\(name)", X_OK) != 0 {
            add(
                .fails,
                "programs",
                "\(directory)/\(name) cannot be run: pushes fail",
                "install all three programs there"
            )
        }
    }

    mutating func checkGit() {
        do {
            let version =
                try runChecked(Command("git", ["version"])).text.split(separator: " ").dropFirst(2).first ?? ""
            let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
            let isNewEnough = numbers.count == 2 && (numbers[0], numbers[1]) >= (2, 39)
            let text = "git \(version.filter { !$0.isNewline })"
            if isNewEnough { add(.works, "git", text) } else { add(.fails, "git", text, "git 2.39 or newer is needed") }
            let path = try runChecked(Command("git", ["--exec-path"])).text.filter { !$0.isNewline }
            if access("\(path)/git-http-backend", X_OK) != 0 {
                add(.fails, "git", "\(path)/git-http-backend is missing", "install the complete git package")
            }
        } catch {
            add(.fails, "git", "\(error)", "install git 2.39 or newer")
        }
    }

    /// The shipped units see neither people's homes nor the machine's /tmp.
    private mutating func noteHidden(_ path: String, _ subject: String) {
        let hidden = ["/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"].first { path.hasPrefix($0) }
        guard let hidden else { return }
        let remedy = "put it elsewhere, or systemctl edit both services (ProtectHome, PrivateTmp)"
        add(.warns, subject, "\(path): the systemd units do not see \(hidden)", remedy)
    }

    mutating func checkDirectory() {
        let path = installation.settings.dataDirectory
        let user = OwnUser.name(geteuid())
        var status = stat()
        guard stat(path, &status) == 0 else {
            let remedy = "install -d -o docmost-git -g docmost-git -m 750 \(path)"
            return add(.fails, "directory", "\(path): \(String(cString: strerror(errno)))", remedy)
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            let text = "\(path) belongs to \(OwnUser.name(status.st_uid)), and \(user) may not write to it"
            return add(.fails, "directory", text, "run this as root or as the user of the services")
        }
        if let bytes = Vault(dataDirectory: path).freeBytes {
            let free = bytes >> 20
            let grade: Finding.Grade = free < 512 ? .warns : .works
            let text = "\(path) of \(OwnUser.name(status.st_uid)), \(free) MiB free"
            add(grade, "directory", text, free < 512 ? "pushes fail when the disk is full" : nil)
        }
        noteHidden("\(path)/", "directory")
        if status.st_uid == 0 {
            let remedy = "chown -R docmost-git:docmost-git \(path), unless the services run as root"
            add(.warns, "directory", "\(path) belongs to root", remedy)
        } else if status.st_uid != geteuid() {
            let text = "\(path) belongs to \(OwnUser.name(status.st_uid)), this is \(user)"
            add(.warns, "directory", text, "run all programs as one user, or share a group")
        }
    }
}
