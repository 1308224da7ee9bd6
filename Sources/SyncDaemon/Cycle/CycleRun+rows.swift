import Base
import Reconcile

/// The rows of a space as they were last read, kept between cycles.
struct KnownRows {
    var map: WikiMap
    /// The fingerprint's part that the rows do not add up to.
    var restrictions: String
    /// When all of them were last listed, milliseconds since 1970.
    var listed: UInt64

    /// How far behind the newest known row to look: clocks differ, and transactions take their time.
    static let margin: Int64 = 60_000_000
    /// With more than that, listing all is no slower.
    static let most = 1000

    /// From when on to look for touched rows: one row from the future must not hide what is touched today.
    ///
    /// - Parameter now: milliseconds since 1970.
    func since(now: UInt64) -> Int64 { min(map.newest, Int64(clamping: now) * 1000) - KnownRows.margin }
}

extension CycleRun {
    /// Brings the rows up to date.
    ///
    /// The rows touched lately are read and put into the list that is known. If that list then adds up to the same as
    /// the wiki's rows, it is the wiki's list. Otherwise - a row came or went, or a transaction that took its time
    /// earlier was committed later - all rows are listed.
    func listRows() throws(CycleError) {
        written = []
        let glance = try takeGlance()
        fingerprint = glance.fingerprint
        if try refreshRows(glance) { return }
        let map = try listedRows()
        known = KnownRows(map: map, restrictions: glance.fingerprint.restrictions, listed: now)
        view.openPages.formUnion(map.rows.keys)
        view.openPages.formUnion(view.table.entries.keys)
    }

    /// Brings the rows up to date that this cycle wrote itself.
    ///
    /// What others did meanwhile need not be looked for: the fingerprint is then the sum of the rows that are known, and
    /// not the wiki's, so that the next cycle sees the difference.
    func readWrittenRows() throws(CycleError) {
        guard !written.isEmpty else { return }
        guard let restrictions = known?.restrictions, try take(written) else { return try listRows() }
        written = []
        fingerprint = WikiFingerprint(rows.sums, restrictions: restrictions)
    }

    private func takeGlance() throws(CycleError) -> WikiGlance {
        if let glance {
            self.glance = nil
            return glance
        }
        let since = known?.since(now: now)
        return try wiki { () throws(WikiError) in try wiki.glance(at: space, since: since) }
    }

    /// All rows, and which pages of the table that are not among them lie in another space.
    private func listedRows() throws(CycleError) -> WikiMap {
        let map = WikiMap(try wiki { () throws(WikiError) in try wiki.listing(of: space) })
        let missing = view.table.entries.keys.filter { map[$0] == nil }
        guard !missing.isEmpty else { return map }
        let elsewhere = try wiki { () throws(WikiError) in try wiki.existing(missing) }
        return WikiMap(map.rows.values, elsewhere: elsewhere)
    }

    /// - Returns: whether the known rows are the wiki's now.
    private func refreshRows(_ glance: WikiGlance) throws(CycleError) -> Bool {
        let print = glance.fingerprint
        guard known?.restrictions == print.restrictions, glance.touched.count <= KnownRows.most else { return false }
        // Where pages without a row are must be asked.
        guard view.table.changed.allSatisfy({ rows[$0] != nil || view.table[$0] == nil }) else { return false }
        guard rows.sums != print.sums else { return true }
        return try take(Set(glance.touched)) && rows.sums == print.sums
    }

    /// Reads rows and puts them into the list that is known.
    ///
    /// - Returns: false when the list cannot take them: a page came, went or moved.
    private func take(_ pages: Set<PageID>) throws(CycleError) -> Bool {
        let read = try wiki { () throws(WikiError) in try wiki.rows(Array(pages), in: space) }
        guard read.count == pages.count else { return false }
        for var row in read where row != rows[row.id] {
            row.isHidden = row.isHidden || rows[row.id]?.isHidden ?? false
            guard known?.map.replace(row) == true else { return false }
            view.openPages.insert(row.id)
        }
        return true
    }
}
