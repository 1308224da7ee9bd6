import Base
import GitStore
import Reconcile

/// Which files of a history were a page's: pure, on what each commit changed.
///
/// A file that states an id is that page's. One without is known by its descent: what it was changed or renamed from and
/// to, as far as the page's own files, or those that the table ever named, are reached. Where the page's name alone speaks
/// for it, it counts unless its descent leads to another page.
struct PageVersions {
    typealias Version = HistoryFilter.Version

    /// The id that a file states.
    let stated: (ObjectID) -> PageID?
    /// Files of other pages, which are in the repository and stay there.
    let present: Set<Version>
    private var neighbours: [Version: Set<Version>] = [:]

    init(_ changes: [TreeChange], present: Set<Version>, stated: @escaping (ObjectID) -> PageID?) {
        self.stated = stated
        self.present = present
        for change in changes {
            let old = change.status == .added ? nil : Self.version(change.oldPath, change.oldID)
            let new = change.status == .deleted ? nil : Self.version(change.path, change.id)
            for version in [old, new].compactMap({ $0 }) {
                neighbours[version, default: []] = neighbours[version] ?? []
            }
            guard let old, let new else { continue }
            neighbours[old]?.insert(new)
            neighbours[new]?.insert(old)
        }
    }

    private static func version(_ path: String, _ id: ObjectID) -> Version? {
        PagePath(path).isPage ? Version(path: Array(path.utf8), id: id) : nil
    }

    /// - Parameters:
    ///   - known: files that the table has named as the page's.
    ///   - paths: where the table has had the page.
    func versions(of page: PageID, known: Set<Version>, paths: Set<[UInt8]>) -> Set<Version> {
        let all = neighbours.keys.filter { !present.contains($0) }
        let seeds = all.filter { version in
            let says = stated(version.id)
            return says == page || (says == nil && known.contains(version))
        }
        let own = reached(from: Set(seeds), around: present)
        let strangers = neighbours.keys.filter { version in
            present.contains(version) || stated(version.id).map { $0 != page } ?? false
        }
        let others = reached(from: Set(strangers), around: own)
        let named = all.filter { stated($0.id) == nil && paths.contains($0.path) && !others.contains($0) }
        return reached(from: own.union(named), around: present)
    }

    /// What can be reached over files that state no id, without entering some.
    private func reached(from start: Set<Version>, around walls: Set<Version>) -> Set<Version> {
        var reached = start
        var open = Array(start)
        while let version = open.popLast() {
            for next in neighbours[version] ?? [] where stated(next.id) == nil && !walls.contains(next) {
                if reached.insert(next).inserted { open.append(next) }
            }
        }
        return reached
    }
}
