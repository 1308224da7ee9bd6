import ArgumentParser

/// Says what works, what does not, and how to mend it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks settings, database, Redis, git, directories and users, and says how to mend what is wrong."
    )
    @OptionGroup var installation: InstallationOptions

    func run() throws {
        var check = InstallationCheck(installation: try Operator(installation))
        check.run()
        for finding in check.findings { printSafely(finding.line) }
        let failures = check.findings.count { $0.grade == .fails }
        print(failures == 0 ? "ready" : "\(failures) thing\(failures == 1 ? "" : "s") to mend")
        if failures > 0 { throw ExitCode.failure }
    }
}

/// One line of the check.
struct Finding {
    enum Grade: String { case works = "ok", warns = "note", fails = "FAIL" }

    let grade: Grade
    let subject: String
    let text: String
    let remedy: String?

    var line: String {
        "\(grade.rawValue.padding(to: 4))  \(subject.padding(to: 12))  \(text)\(remedy.map { "\n      → \($0)" } ?? "")"
    }
}
