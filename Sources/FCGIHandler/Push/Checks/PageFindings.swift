internal import PageFile

extension PageFileError.Reason {
    /// What is wrong with a page file, and what a person does about it.
    var advice: (cause: String, remedy: String) {
        switch self {
        case .notUTF8: ("it is not UTF-8 text", "save the file as UTF-8")
        case .utf16: ("it is UTF-16 text", "save the file as UTF-8")
        case .unclosedFrontmatter:
            ("the frontmatter has no closing line", "add a line with only --- after the last key")
        case .notAProperty:
            (
                "a line between the --- lines is no property (name: value)",
                "write it as \"name: value\"; if the file begins with a rule and not with properties, write that as ***"
            )
        case .malformedIdentity(_, let value):
            ("\"\(value.prefix(60))\" is no page id", "put the page's id back, or remove the line to make a new page")
        case .repeatedIdentity(let key, let first):
            ("\(key) stands in line \(first) already", "keep one of the lines")
        case .contradictingIdentity(let key, let first):
            ("\(key) contradicts the page id in line \(first)", "keep one of the lines")
        }
    }
}
