import Base
import Reconcile

/// One change of one page on main.
struct PageEdit {
    enum Kind { case create, restore, edit, retitle, move, relink, trash, hide }

    var id: PageID
    var kind: Kind
    /// The page was made for a folder that a push brought: nobody wrote it in the wiki.
    var isForFolder = false
    var title: String
    var oldPath: PagePath?
    var newPath: PagePath?
    /// The new file; nil keeps the old one's bytes.
    var bytes: [UInt8]?
    /// The old file where it only moves.
    var blob: String?
    var author: UserID?
    /// Microseconds since 1970.
    var date: Int64
}
