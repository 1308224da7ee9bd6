internal import Base
internal import JSON

/// Why a line of the table could not be read.
package struct TableError: Error, Equatable, CustomStringConvertible {
    package let line: Int
    package let problem: String

    package var description: String { "line \(line) of the page table: \(problem)" }
}

extension PagesTable {
    /// The bytes of some shards; empty bytes for a shard without pages.
    package func shards(_ wanted: Set<UInt8>) -> [UInt8: [UInt8]] {
        Dictionary(uniqueKeysWithValues: wanted.map { ($0, PagesTable.encode(entries(inShard: $0))) })
    }

    /// One line a page, sorted by id.
    package static func encode(_ entries: [PageEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries.sorted(by: { $0.id < $1.id }) {
            bytes += JSONValue.object(members(of: entry)).bytes()
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    private static func members(of entry: PageEntry) -> JSONObject {
        var object = JSONObject([
            ("id", .string(entry.id.description)), ("path", .string(entry.path.text)), ("blob", .string(entry.blob)),
            ("title", .string(entry.title)), ("slug", .string(entry.slug)),
            ("updated_at", .number(JSONNumber(Int(entry.updated)))),
        ])
        if let parent = entry.parent { object["parent"] = .string(parent.description) }
        if entry.under != entry.parent { object["under"] = entry.under.map { .string($0.description) } ?? .null }
        if let file = entry.file { object["file"] = .string(file.text) }
        if let write = entry.write { object["write"] = .string("\(write.client):\(write.clock)") }
        if let before = entry.before { object["before"] = .string(before) }
        if entry.state != .live { object["state"] = .string(entry.state.rawValue) }
        if entry.isOurPath { object["ours"] = true }
        if let says = entry.says { object["says"] = .string(says.description) }
        if !entry.links.isEmpty { object["links"] = .array(entry.links.map { .string($0.description) }) }
        if !entry.formerPaths.isEmpty { object["was"] = .array(entry.formerPaths.map { .string($0.text) }) }
        return object
    }

    /// Reads the lines of one or more shards. A line that cannot be read is reported; the others count.
    package static func decode(_ bytes: [UInt8]) -> (entries: [PageEntry], errors: [TableError]) {
        var entries: [PageEntry] = []
        var errors: [TableError] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            do throws(TableError) {
                entries.append(try entry(Array(line), line: index + 1))
            } catch {
                errors.append(error)
            }
        }
        return (entries, errors)
    }

    private static func entry(_ bytes: [UInt8], line: Int) throws(TableError) -> PageEntry {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw TableError(line: line, problem: "not JSON (\(error))")
        }
        guard let id = value["id"]?.string.flatMap({ PageID($0) }) else {
            throw TableError(line: line, problem: "no id")
        }
        guard let path = value["path"]?.string, !path.isEmpty else { throw TableError(line: line, problem: "no path") }
        guard let blob = value["blob"]?.string else { throw TableError(line: line, problem: "no blob") }
        guard let state = PageEntry.State(rawValue: value["state"]?.string ?? "live") else {
            throw TableError(line: line, problem: "unknown state")
        }
        var entry = PageEntry(id: id, path: PagePath(path), blob: blob, title: value["title"]?.string ?? "")
        entry.state = state
        entry.slug = value["slug"]?.string ?? ""
        entry.updated = Int64(value["updated_at"]?.int ?? 0)
        entry.parent = value["parent"].flatMap(pageID)
        if let under = value["under"] { entry.under = pageID(under) } else { entry.under = entry.parent }
        entry.file = value["file"]?.string.map { PagePath($0) }
        entry.write = value["write"]?.string.flatMap(writeMark)
        entry.before = value["before"]?.string
        entry.isOurPath = value["ours"]?.bool ?? false
        entry.says = value["says"].flatMap(pageID)
        entry.links = (value["links"]?.array ?? []).compactMap(pageID)
        return entry.with(formerPaths: (value["was"]?.array ?? []).compactMap { $0.string.map { PagePath($0) } })
    }

    private static func pageID(_ value: JSONValue) -> PageID? { value.string.flatMap { PageID($0) } }

    private static func writeMark(_ text: String) -> WriteMark? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let client = UInt64(parts[0]), let clock = UInt64(parts[1]) else { return nil }
        return WriteMark(client: client, clock: clock)
    }
}
