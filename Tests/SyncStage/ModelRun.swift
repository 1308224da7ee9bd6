import Foundation

/// How much random work is done: a sample, or the whole campaign with `DOCMOST_GIT_FULL=1`.
///
/// The sample always does the same, the campaign something new. `DOCMOST_GIT_MODEL_SEED` repeats a run that failed,
/// `DOCMOST_GIT_MODEL_OPERATIONS` makes runs longer.
package enum ModelRun {
    package static let isFull = environment["DOCMOST_GIT_FULL"] == "1"
    private static let environment = ProcessInfo.processInfo.environment

    /// How many of the last operations a failure tells: `DOCMOST_GIT_MODEL_STORY`.
    static let storyLength = environment["DOCMOST_GIT_MODEL_STORY"].flatMap { Int($0) } ?? 30

    package static func seeds(sample: Int, full: Int) -> [UInt64] {
        if let seed = environment["DOCMOST_GIT_MODEL_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        guard isFull else { return (1...UInt64(sample)).map { $0 } }
        return (0..<full).map { _ in UInt64.random(in: 0..<1_000_000) }
    }

    package static func operations(sample: Int, full: Int) -> Int {
        environment["DOCMOST_GIT_MODEL_OPERATIONS"].flatMap { Int($0) } ?? (isFull ? full : sample)
    }
}
