import JSON

/// A row of the table of nodes.
struct NodeRow: Sendable {
    enum Trait: Sendable { case atom, isolating, code }

    let name: String
    let groups: [String]
    let content: String
    let attributes: [AttributeRule]
    let traits: Set<Trait>
    let flavors: Set<Flavor>

    init(
        _ name: String,
        _ groups: [String],
        _ content: String,
        _ attributes: [AttributeRule] = [],
        _ traits: Set<Trait> = [],
        in flavors: Set<Flavor> = [.upstream, .fork]
    ) {
        self.name = name
        self.groups = groups
        self.content = content
        self.attributes = attributes
        self.traits = traits
        self.flavors = flavors
    }
}

/// The table of nodes: name, groups, content, attributes with their defaults, traits, flavours.
extension Schema {
    static let nodeTable: [NodeRow] =
        textNodes + listNodes + mediaNodes + containerNodes + tableNodes + inlineNodes
        + pageNodes + footnoteNodes

    private static let block = ["block"]
    private static let list = ["block", "list"]
    private static let inline = ["inline"]
    private static let textblock: [AttributeRule] = [.string("id"), .number("indent", 0), .string("textAlign")]
    private static let placeholder = AttributeRule("placeholder", .any, .null)

    private static let textNodes: [NodeRow] = [
        NodeRow("doc", [], "block+ footnotes?", in: [.upstream]),
        NodeRow("doc", [], "block+", in: [.fork]),
        NodeRow("text", inline, ""),
        NodeRow("paragraph", block, "inline*", textblock),
        NodeRow("heading", block, "inline*", textblock + [.number("level", 1)]),
        NodeRow("blockquote", block, "block+"),
        NodeRow("codeBlock", block, "text*", [.string("language")], [.isolating, .code]),
        NodeRow("horizontalRule", block, ""),
    ]

    private static let listNodes: [NodeRow] = [
        NodeRow("bulletList", list, "listItem+"),
        NodeRow("orderedList", list, "listItem+", [.number("start", 1), .string("type")]),
        NodeRow("listItem", [], "paragraph block*"),
        NodeRow("taskList", list, "taskItem+"),
        NodeRow("taskItem", [], "paragraph block*", [.boolean("checked")]),
    ]

    private static let mediaNodes: [NodeRow] = [
        NodeRow(
            "image",
            block,
            "",
            [.string("src", ""), .undefined("alt"), .measure("width"), .measure("height"), .string("align", "center")]
                + file + [.measure("aspectRatio"), placeholder],
            [.atom, .isolating],
            in: [.upstream]
        ),
        NodeRow(
            "image",
            block,
            "",
            [.string("src", ""), .undefined("alt"), .measure("width"), .measure("height"), .string("align", "center")]
                + file + [.measure("aspectRatio"), placeholder, .undefined("caption")],
            [.atom, .isolating],
            in: [.fork]
        ),
        NodeRow(
            "video",
            block,
            "",
            [.string("src", ""), .undefined("alt"), .measure("width"), .measure("height"), .string("align", "center")]
                + file + [.measure("aspectRatio"), placeholder],
            [.atom, .isolating]
        ),
        NodeRow("audio", block, "", [.string("src", "")] + file + [placeholder], [.atom, .isolating]),
        NodeRow(
            "pdf",
            block,
            "",
            [.string("src", ""), .undefined("name"), .measure("width", 800), .measure("height", 600)] + file
                + [placeholder],
            [.atom, .isolating]
        ),
        NodeRow(
            "attachment",
            block,
            "",
            [.string("url", ""), .undefined("name"), .undefined("mime")] + file + [placeholder],
            [.atom, .isolating]
        ),
        NodeRow("drawio", block, "", diagram, [.atom, .isolating]),
        NodeRow("excalidraw", block, "", diagram, [.atom, .isolating]),
        NodeRow(
            "youtube",
            block,
            "",
            [.string("src"), .measure("start", 0), .measure("width", 640), .measure("height", 480)]
        ),
        NodeRow(
            "embed",
            block,
            "",
            [
                .string("src", ""), .string("provider", ""), .string("align", "center"), .measure("width", 800),
                .measure("height", 600),
            ],
            [.atom, .isolating]
        ),
        NodeRow(
            "htmlEmbed",
            block,
            "",
            [.string("source", ""), .measure("height")],
            [.atom, .isolating],
            in: [.fork]
        ),
    ]

    /// What Docmost keeps of an uploaded file.
    private static let file: [AttributeRule] = [.undefined("attachmentId"), .measure("size")]

    private static let diagram: [AttributeRule] =
        [
            .string("src", ""), .undefined("title"), .undefined("alt"), .measure("width"), .measure("height"),
            .measure("aspectRatio"), .string("align", "center"),
        ] + file

    private static let containerNodes: [NodeRow] = [
        NodeRow("callout", block, "block+", [.string("type", "info"), .string("icon")], [.isolating]),
        NodeRow("details", block, "detailsSummary detailsContent", [AttributeRule("open", .flag, false)], [.isolating]),
        NodeRow("detailsSummary", block, "inline*", [], [.isolating]),
        NodeRow("detailsContent", block, "block*"),
        NodeRow(
            "columns",
            block,
            "column+",
            [.string("layout", "two_equal"), .string("widthMode", "normal")],
            [.isolating]
        ),
        NodeRow("column", block, "block+", [.measure("width")], [.isolating]),
        NodeRow("mathBlock", block, "", [.string("text", "")], [.atom, .isolating]),
        NodeRow("transclusionSource", block, transcluded, [.string("id")], [.isolating]),
    ]

    private static let transcluded = """
        (paragraph | heading | blockquote | codeBlock | horizontalRule | bulletList | orderedList | taskList | image \
        | video | audio | attachment | callout | details | embed | mathBlock | table | drawio | excalidraw | pdf \
        | subpages | columns | youtube)+
        """

    private static let tableNodes: [NodeRow] = [
        NodeRow("table", block, "tableRow+", [], [.isolating]),
        NodeRow("tableRow", [], "(tableCell | tableHeader)*"),
        NodeRow("tableCell", [], cellContent, cell, [.isolating]),
        NodeRow("tableHeader", [], cellContent, cell, [.isolating]),
    ]

    private static let cellContent = """
        (paragraph | heading | bulletList | orderedList | taskList | blockquote | callout | image | video | audio \
        | subpages | attachment | mathBlock | details | codeBlock)+
        """

    private static let cell: [AttributeRule] = [
        .number("colspan", 1), .number("rowspan", 1), AttributeRule("colwidth", .numbers, .null), .string("align"),
        .string("backgroundColor"), .string("backgroundColorName"),
    ]

    private static let inlineNodes: [NodeRow] = [
        NodeRow("hardBreak", inline, ""),
        NodeRow("mathInline", inline, "", [.string("text", "")], [.atom]),
        NodeRow(
            "mention",
            inline,
            "",
            [
                .string("id"), .string("label"), .string("entityType"), .string("entityId"), .string("slugId"),
                .string("creatorId"), .string("anchorId"),
            ],
            [.atom]
        ),
        NodeRow("status", inline, "", [.string("text", ""), .string("color", "gray")], [.atom]),
    ]

    private static let pageNodes: [NodeRow] = [
        NodeRow("subpages", block, "", [], [.atom, .isolating], in: [.upstream]),
        NodeRow("subpages", block, "", [.boolean("recursive")], [.atom, .isolating], in: [.fork]),
        NodeRow("pageBreak", block, "", [], [.atom]),
        NodeRow("transclusionReference", block, "", [.string("sourcePageId"), .string("transclusionId")], [.atom]),
        NodeRow(
            "base",
            block,
            "",
            [.string("pageId"), AttributeRule("pendingKey", .any, .null)],
            [.atom],
            in: [.upstream]
        ),
        NodeRow("pageEmbed", block, "", [.string("sourcePageId")], [.atom, .isolating], in: [.fork]),
    ]

    private static let footnoteNodes: [NodeRow] = [
        NodeRow(
            "footnoteReference",
            inline,
            "text*",
            [
                .string("class", "footnote-ref"), .string("data-id"), AttributeRule("referenceNumber", .measure, .null),
                .string("href"),
            ],
            [.atom],
            in: [.upstream]
        ),
        NodeRow("footnotes", [], "footnote*", [.string("class", "footnotes")], [.isolating], in: [.upstream]),
        NodeRow("footnote", [], "paragraph+", [.required("id"), .required("data-id")], [.isolating], in: [.upstream]),
        NodeRow("footnoteReference", inline, "", [.string("id")], [.atom], in: [.fork]),
        NodeRow("footnotesList", block, "footnoteDefinition+", [], [.isolating], in: [.fork]),
        NodeRow("footnoteDefinition", [], "paragraph+", [.string("id")], [.isolating], in: [.fork]),
    ]
}
