import Foundation

/// How much the tests that draw random cases do: a sample, or the full campaign with DOCMOST_GIT_FULL=1.
enum Campaign {
    static let isFull = ProcessInfo.processInfo.environment["DOCMOST_GIT_FULL"] == "1"

    static func size(_ sample: Int, full: Int) -> Int { isFull ? full : sample }
}
