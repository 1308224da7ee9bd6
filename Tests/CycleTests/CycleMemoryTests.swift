import Base
import Foundation
import Reconcile
import TestSupport
import Testing

@testable import Cycle

@Suite("What a space's cycles remember")
struct CycleMemoryTests {
    private func memory(_ text: String) throws -> CycleMemory {
        let directory = try TemporaryDirectory()
        let path = CycleMemory.path(in: directory.path)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return CycleMemory(readingFrom: path)
    }

    @Test("a failure comes back as it was written")
    func roundTrip() throws {
        let directory = try TemporaryDirectory()
        let path = CycleMemory.path(in: directory.path)
        var memory = CycleMemory()
        var failure = CycleMemory.Failure(path: "a/é.md", page: .fresh(), blob: "ab", reason: "why", actor: .fresh())
        failure.tries = 7
        failure.next = 1_700_000_000_000
        memory.failures[failure.path] = failure
        #expect(memory.write(to: path))
        #expect(CycleMemory(readingFrom: path) == memory)
    }

    @Test(
        "a damaged file is no memory, and no end of the daemon",
        arguments: ["", "{", "[]", "null", "{\"failures\":3}"]
    )
    func damaged(text: String) throws {
        #expect(try memory(text) == CycleMemory())
    }

    /// The pause before the next attempt is two to the power of them.
    @Test(
        "a number of tries that cannot be is one that can",
        arguments: [("-9223372036854775808", 1), ("-5", 1), ("0", 1), ("9223372036854775807", 1_000_000), ("1e30", 1)]
    )
    func tries(spelling: String, tries: Int) throws {
        let memory = try memory("{\"failures\":[{\"path\":\"a.md\",\"tries\":\(spelling)}]}")
        #expect(memory.failures["a.md"]?.tries == tries)
    }
}
