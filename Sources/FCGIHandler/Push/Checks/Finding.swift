internal import Base

/// One reason why a push cannot become main: where, why, and what to do about it.
struct Finding: Hashable {
    let path: String
    let line: Int?
    let cause: String
    let remedy: String

    init(_ path: String, line: Int? = nil, _ cause: String, remedy: String) {
        self.path = path
        self.line = line
        self.cause = cause
        self.remedy = remedy
    }

    /// More would scroll the first ones away.
    static let most = 20

    /// The lines for the person.
    static func report(_ findings: [Finding]) -> [String] {
        var lines = ["docmost-git: this push was not accepted, and nothing was changed:"]
        for finding in findings.prefix(most) {
            let place = terminalText(finding.path) + (finding.line.map { ", line \($0)" } ?? "")
            lines.append("  \(place): \(terminalText(finding.cause))")
            lines.append("    → \(terminalText(finding.remedy))")
        }
        if findings.count > most { lines.append("  … and \(findings.count - most) more") }
        lines.append("Mend this in a commit (or: git commit --amend), then push again.")
        return lines
    }
}
