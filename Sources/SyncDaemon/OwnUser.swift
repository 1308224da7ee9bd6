import Glibc
import Settings

/// Whose rights a command works with.
///
/// An operator is root. What root makes in a repository the services could not write afterwards, and what root may read
/// they may not: so root's commands act as the user whom the repositories belong to, as the services do.
enum OwnUser {
    /// Gives root's rights up for those of the directory's owner; does nothing for anybody else, or where root owns it.
    static func become(ownerOf directory: String) throws(CommandFailure) {
        var status = stat()
        guard geteuid() == 0, stat(directory, &status) == 0, status.st_uid != 0 else { return }
        let user = account(status.st_uid)
        let areGroupsSet = user.map { initgroups($0.name, $0.group) == 0 } ?? (setgroups(0, nil) == 0)
        guard areGroupsSet, setgid(user?.group ?? status.st_gid) == 0, setuid(status.st_uid) == 0 else {
            throw CommandFailure("cannot act as \(name(status.st_uid)), whom \(directory) belongs to")
        }
        umask(0o027)
    }

    /// A user's name for people; the number where it has none.
    static func name(_ uid: uid_t) -> String { account(uid)?.name ?? "uid \(uid)" }

    private static func account(_ uid: uid_t) -> (name: String, group: gid_t)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return nil
        }
        return (String(cString: name), entry.pw_gid)
    }
}
