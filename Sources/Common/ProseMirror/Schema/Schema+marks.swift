import JSON

/// The table of marks, in the order of their ranks. Every mark excludes a second one of its own type.
extension Schema {
    static let markTable: [MarkRule] = [
        mark(
            "link",
            [
                .string("href"), .string("target", "_blank"), .string("rel", "noopener noreferrer nofollow"),
                .string("class"), .string("title"), .boolean("internal"),
            ]
        ),
        mark("textStyle", [.string("color")]),
        mark("bold"),
        mark("code", excludesAll: true),
        mark("italic"),
        mark("strike"),
        mark("underline"),
        mark("comment", [.string("commentId"), .boolean("resolved")]),
        mark("superscript"),
        mark("subscript"),
        mark("highlight", [.string("color"), .string("colorName")]),
        mark("spoiler", in: [.fork]),
    ].enumerated().map { rank, row in
        MarkRule(
            name: row.name,
            rank: rank,
            attributes: row.attributes,
            excludesAll: row.excludesAll,
            flavors: row.flavors
        )
    }

    private static func mark(
        _ name: String,
        _ attributes: [AttributeRule] = [],
        excludesAll: Bool = false,
        in flavors: Set<Flavor> = [.upstream, .fork]
    ) -> MarkRule {
        MarkRule(name: name, rank: 0, attributes: attributes, excludesAll: excludesAll, flavors: flavors)
    }
}
