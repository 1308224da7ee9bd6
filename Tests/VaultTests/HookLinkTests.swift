import Base
import Synchronization
import TestSupport
import Testing
import Vault

@Suite("Links to the hook program")
struct HookLinkTests {
    /// Two first pushes at once once used one temporary name, and the slower of them was answered with 500.
    @Test("are made by many threads at once without one disturbing another")
    func concurrently() throws {
        for _ in 0..<20 {
            let directory = try TemporaryDirectory()
            let vault = Vault(dataDirectory: directory.path)
            let failures = Mutex<[String]>([])
            let threads = (0..<8).compactMap { _ in
                startThread {
                    do {
                        _ = try HookLinks(program: "/bin/true", in: vault)
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
            }
            threads.forEach { $0.join() }
            #expect(failures.withLock { $0 }.isEmpty)
        }
    }
}
