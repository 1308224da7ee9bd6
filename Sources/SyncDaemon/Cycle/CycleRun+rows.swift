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

    var since: Int64 { map.newest - KnownRows.margin }
}

extension CycleRun {
    /// Brings the rows up to date.
    ///
    /// The rows touched lately are read and put into the list that is known. If that list then adds up to the same as
    /// the wiki's rows, it is the wiki's list. Otherwise - a row came or went, or a transaction that took its time
    /// earlier was committed later - all rows are listed.
    func listRows() throws(CycleError) {
        hasWrittenWiki = false
        let glance = try takeGlance()
        fingerprint = glance.fingerprint
        if try refreshRows(glance) { return }
        let listed = try wiki { () throws(WikiError) in try wiki.listing(of: space) }
        try takeListing(listed, knownTo: view.table)
        known?.restrictions = glance.fingerprint.restrictions
    }

    private func takeGlance() throws(CycleError) -> WikiGlance {
        if let glance {
            self.glance = nil
            return glance
        }
        let since = known?.since
        return try wiki { () throws(WikiError) in try wiki.glance(at: space, since: since) }
    }

    /// Takes a full list of rows, with the whereabouts of pages of the table that are not among them.
    func takeListing(_ listed: some Sequence<WikiRow>, knownTo table: PagesTable) throws(CycleError) {
        var map = WikiMap(listed)
        let missing = table.entries.keys.filter { map[$0] == nil }
        if !missing.isEmpty {
            let elsewhere = try wiki { () throws(WikiError) in try wiki.existing(missing) }
            map = WikiMap(map.rows.values, elsewhere: elsewhere)
        }
        let restrictions = known?.restrictions ?? ""
        known = KnownRows(map: map, restrictions: restrictions, listed: now)
        view.openPages.formUnion(map.rows.keys)
        view.openPages.formUnion(table.entries.keys)
    }

    /// - Returns: whether the known rows are the wiki's now.
    private func refreshRows(_ glance: WikiGlance) throws(CycleError) -> Bool {
        let print = glance.fingerprint
        guard known?.restrictions == print.restrictions, glance.touched.count <= KnownRows.most else { return false }
        // Where pages without a row are must be asked.
        guard view.table.changed.allSatisfy({ rows[$0] != nil || view.table[$0] == nil }) else { return false }
        guard rows.sums != print.sums else { return true }
        let touched = try wiki { () throws(WikiError) in try wiki.rows(glance.touched, in: space) }
        for var row in touched where row != rows[row.id] {
            row.isHidden = row.isHidden || rows[row.id]?.isHidden ?? false
            guard known?.map.replace(row) == true else { return false }
            view.openPages.insert(row.id)
        }
        return rows.sums == print.sums
    }
}
