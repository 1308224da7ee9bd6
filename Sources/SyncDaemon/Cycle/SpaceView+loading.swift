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
        baseFiles = [:]
        baseOwners = [:]
        agreedMain = nil
        guard let baseTip else { return [] }
        agreedMain = BaseMessage.main(in: try reader.commit(baseTip).message)
        var errors: [TableError] = []
        for file in try repository.files(of: baseTip) where file.path.hasPrefix("\(PagesTable.folder)/") {
            let (entries, problems) = PagesTable.decode(try reader.blob(file.id))
            for entry in entries { table[entry.id] = entry }
            errors += problems
        }
        for entry in table.entries.values where entry.state != .trashed && !entry.blob.isEmpty {
            guard entry.state == .live else { continue }
            baseFiles[entry.id] = BaseFile(path: entry.path, blob: entry.blob)
            baseOwners[entry.path] = entry.id
        }
        table.clearChanged()
        return errors
    }
}
