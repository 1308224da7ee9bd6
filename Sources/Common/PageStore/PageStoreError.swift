package import Base
package import Postgres

/// Why an operation on page rows was not done. Nothing was changed then.
package struct PageStoreError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure a caller may want to tell apart.
    package enum Code: Sendable, Equatable {
        /// The database could not be asked, or refused the statement.
        case database
        /// The database does not hold a migrated Docmost.
        case notDocmost
        /// No such page, or it is in another space.
        case missingPage
        /// No such space.
        case missingSpace
        /// The parent is not there, in the trash, or in another space.
        case missingParent
        /// The page would become its own ancestor.
        case cycle
        /// The row is no longer what the caller decided on.
        case changedMeanwhile
        /// Pages below the page would go with it that the caller does not know of.
        case otherDescendants([PageID])
    }

    package let code: Code
    package let message: String
    /// What the database said, where that was the cause.
    package let cause: PostgresError?

    package init(_ code: Code, _ message: String, cause: PostgresError? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package init(_ cause: PostgresError) { self.init(.database, cause.description, cause: cause) }

    package var description: String { message }

    /// Whether the database will not have, or cannot read, these values: trying again does not help, and other pages are
    /// not concerned.
    ///
    /// SQLSTATE classes 22 and 23: data that a type cannot hold, such as U+0000, and rows that point nowhere, such as an
    /// author who was removed. Classes 54 and XX: a value beyond PostgreSQL's limits, and a row on a damaged disk.
    package var isRefusal: Bool {
        if cause?.code == .mismatch { return true }
        let classes = ["22", "23", "54", "XX"]
        return cause?.code == .refused && classes.contains(String(cause?.sqlState?.prefix(2) ?? ""))
    }

    /// Whether the statement lost against others or took too long: a later try may succeed.
    package var isContention: Bool { cause?.isContention == true || cause?.sqlState == "57014" }

    /// Whether a statement about fewer rows may succeed: time or memory ran out.
    package var isTooMuch: Bool { cause?.code == .timedOut || ["57014", "53200"].contains(cause?.sqlState) }
}
