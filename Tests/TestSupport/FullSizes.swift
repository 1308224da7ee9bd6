import Foundation

/// Whether the campaigns run at the sizes that the issues state (`scripts/test --full`), or as samples.
package enum FullSizes {
    package static let isOn = ProcessInfo.processInfo.environment["DOCMOST_GIT_FULL"] == "1"
}

/// Prints a line that `scripts/test --full` keeps under docs/proof.
package func proof(_ line: String) { print("PROOF: \(line)") }
