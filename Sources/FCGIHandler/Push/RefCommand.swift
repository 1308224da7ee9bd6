internal import Base
internal import GitStore
internal import PushProtocol

/// One ref that a push wants to change.
struct RefCommand: Hashable {
    let ref: String
    /// What the client believes the ref to hold; nil = nothing.
    let old: ObjectID?
    /// What it shall hold; nil = it shall be deleted.
    let new: ObjectID?

    /// Reads git's `<old> <new> <ref>`.
    init?(_ line: [UInt8]) {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard fields.count == 3, let old = ObjectID(hexadecimal: fields[0]), let new = ObjectID(hexadecimal: fields[1])
        else { return nil }
        self.init(
            ref: String(decoding: fields[2], as: UTF8.self),
            old: old.isZero ? nil : old,
            new: new.isZero ? nil : new
        )
    }

    init(ref: String, old: ObjectID?, new: ObjectID?) {
        self.ref = ref
        self.old = old
        self.new = new
    }

    var isMain: Bool { ref == RefNames.main }

    /// Why the ref can never be pushed, whatever it is to hold; nil for a new main.
    var refusal: String? {
        if isMain { return new == nil ? "main holds the pages of the space and cannot be deleted" : nil }
        if ref.hasPrefix("refs/docmost/") { return "refs/docmost/ belongs to the sync engine" }
        if ref.hasPrefix("refs/tags/") { return "tags are not kept here; push only main" }
        if ref.hasPrefix("refs/heads/") {
            return "only the branch main can be pushed; merge into main, then: git push origin main"
        }
        return "only the branch main can be pushed"
    }
}
