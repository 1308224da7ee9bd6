import DocumentGenerator
import JSON
import Markdown
import ProseMirror

/// Many cases of one kind, and what went wrong.
struct Campaign {
    let count: Int
    let firstSeed: Int
    var failures = 0
    var blocks = 0
    var fences = 0

    /// One round trip; the options change with the seed.
    mutating func check(
        _ document: Node,
        _ seed: Int,
        _ flavor: Flavor,
        ids: WrittenIDs,
        comments: WrittenComments,
        hasUnknown: Bool
    ) {
        var options = MarkdownOptions(flavor: flavor)
        options.ids = ids
        options.comments = comments
        let canonical = Canonical(ids: ids == .all, comments: comments == .inline)
        let written = MarkdownWriter.written(document, options)
        // Unknown blocks have no other form than the last.
        if !hasUnknown {
            blocks += written.rungs.total
            fences += written.rungs[.json]
        }
        let read = MarkdownDocument.parse(written.bytes, options).document
        let isSame = canonical.isSame(read, document)
        let isFixed = MarkdownWriter.write(read, options) == written.bytes
        if isSame, isFixed { return }
        report(seed, flavor, "\(isSame ? "" : "not the same document ")\(isFixed ? "" : "not a fixed point")", document)
    }

    mutating func report(_ seed: Int, _ flavor: Flavor, _ problem: String, _ document: Node) {
        failures += 1
        if failures <= 20 { print("seed \(seed) \(flavor): \(problem)\n  \(document.json.serialized)") }
    }

    mutating func documents(isRealistic: Bool) {
        for seed in firstSeed..<firstSeed + count {
            let flavor: Flavor = seed.isMultiple(of: 2) ? .upstream : .fork
            var generator = DocumentGenerator(flavor, seed: UInt64(seed))
            generator.makesUnknown = seed.isMultiple(of: 5) && !isRealistic
            generator.isNasty = !seed.isMultiple(of: 7)
            let document = isRealistic ? generator.realisticDocument() : generator.document(blocks: 1...3)
            check(
                document,
                seed,
                flavor,
                ids: seed % 3 == 0 ? .all : .none,
                comments: seed % 4 < 2 ? .carry : .inline,
                hasUnknown: generator.makesUnknown
            )
        }
    }

    mutating func bytes() {
        var generator = DocumentGenerator(.upstream, seed: UInt64(firstSeed))
        for seed in firstSeed..<firstSeed + count {
            var text = MarkdownWriter.write(generator.document())
            for _ in 0..<generator.random.number(1...12) where !text.isEmpty {
                let place = generator.random.number(0...text.count - 1)
                switch generator.random.number(0...3) {
                case 0: text[place] = UInt8(generator.random.number(0...255))
                case 1: text.removeSubrange(place..<min(text.count, place + generator.random.number(1...20)))
                case 2: text.insert(contentsOf: Array(generator.random.nastyText().utf8), at: place)
                default:
                    text.insert(
                        contentsOf: text[place..<min(text.count, place + 30)],
                        at: generator.random.number(0...text.count)
                    )
                }
            }
            if seed.isMultiple(of: 10) { text = (0..<200).map { _ in UInt8(generator.random.number(0...255)) } }
            let read = MarkdownDocument.parse(text).document
            do throws(SchemaViolation) {
                try Schema.upstream.validate(read, unknown: .accepted)
            } catch {
                report(seed, .upstream, "\(error): \(String(decoding: text, as: UTF8.self).debugDescription)", read)
            }
            let written = MarkdownWriter.write(read)
            let again = MarkdownDocument.parse(written).document
            if !Canonical.shown.isSame(read, again) || MarkdownWriter.write(again) != written {
                report(
                    seed,
                    .upstream,
                    "no fixed point: \(String(decoding: text, as: UTF8.self).debugDescription)",
                    read
                )
            }
        }
    }
}
