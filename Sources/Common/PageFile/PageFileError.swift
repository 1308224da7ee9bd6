/// Why a file cannot be read as a page, and at which line.
package struct PageFileError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Reason: Sendable, Equatable {
        case notUTF8
        case utf16
        case unclosedFrontmatter
        case notAProperty
        case malformedIdentity(key: String, value: String)
        case repeatedIdentity(key: String, firstLine: Int)
        case contradictingIdentity(key: String, firstLine: Int)
    }

    package let reason: Reason
    /// Counted from 1.
    package let line: Int

    package init(_ reason: Reason, line: Int) {
        self.reason = reason
        self.line = line
    }

    package var description: String { "line \(line): \(reason.text)" }
}

extension PageFileError.Reason {
    fileprivate var text: String {
        switch self {
        case .notUTF8: "the text is not UTF-8; save the file as UTF-8"
        case .utf16: "the file is UTF-16; save it as UTF-8"
        case .unclosedFrontmatter: "the properties that begin here are not closed by a line with ---"
        case .notAProperty:
            "between the --- lines at the start of a file every line must be \"name: value\"; "
                + "if this is text, write the first line as ***"
        case .malformedIdentity(let key, let value):
            "\(key) is not the id of a page: \"\(value.prefix(60))\"; remove the line to make a new page"
        case .repeatedIdentity(let key, let first): "\(key) is given again; it stands in line \(first) already"
        case .contradictingIdentity(let key, let first):
            "\(key) contradicts the id in line \(first); keep one of the two lines"
        }
    }
}
