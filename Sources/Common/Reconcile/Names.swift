/// How titles become file names and back. The rules are the page file's; this is what reconciling needs of them.
package struct Names: Sendable {
    /// The stem of a title's file.
    package let stem: @Sendable (_ title: String) -> String
    /// Equal for names that a case-insensitive file system takes for one.
    package let collisionKey: @Sendable (_ name: String) -> String
    /// The title that a stem gives a page.
    package let title: @Sendable (_ stem: String) -> String

    package init(
        stem: @escaping @Sendable (String) -> String,
        collisionKey: @escaping @Sendable (String) -> String,
        title: @escaping @Sendable (String) -> String
    ) {
        self.stem = stem
        self.collisionKey = collisionKey
        self.title = title
    }

    /// Whether the file name is one that this title gets here, so that it says nothing new.
    package func isName(_ stem: String, of title: String, slug: String, id: String) -> Bool {
        names(of: title, slug: slug, id: id).contains { sameBytes(stem, $0) }
    }

    /// The file names that a page of this title may get here.
    package func names(of title: String, slug: String, id: String) -> [String] {
        let own = stem(title)
        return [own, Names.suffixed(own, slug), Names.suffixed(own, id)]
    }

    static func suffixed(_ stem: String, _ suffix: String) -> String { "\(stem) ~\(suffix)" }
}
