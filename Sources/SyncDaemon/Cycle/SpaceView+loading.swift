internal import Base
import GitStore
import Reconcile

extension SpaceView {
    /// Reads the base and its table; a table that cannot be read is put together again by `TableRebuild`.
    ///
    /// - Returns: what could not be read.
    mutating func loadBase(_ repository: Repository, reader: ObjectReader) throws(GitError) -> [TableError] {
        baseTip = repository.resolve(RefNames.base)
        table = PagesTable()
        hasAgreedFolder = false
        agreedMain = nil
        guard let baseTip else { return [] }
        agreedMain = BaseMessage.main(in: try reader.commit(baseTip).message)
        var errors: [TableError] = []
        try reader.objects(["\(baseTip):\(SpaceView.agreedFolder)"]) { hasAgreedFolder = $1 != nil }
        for file in try repository.files(of: baseTip, in: PagesTable.folder) {
            let (entries, problems) = PagesTable.decode(try reader.blob(file.id))
            for entry in entries { table[entry.id] = entry }
            errors += problems
        }
        table.clearChanged()
        return errors
    }
}
