import Base
import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

@testable import FCGIHandler

@Suite("The limit on failed logins")
struct FailureLimiterTests {
    /// An account that no other test uses.
    private let account = "\(UUID().uuidString)@example.org"

    private func limiter(waiting milliseconds: Int = 20_000) throws -> FailureLimiter {
        var limits = FailureLimiter.Limits()
        limits.waitMilliseconds = milliseconds
        return FailureLimiter(RedisPool(url: try RedisServer.shared().url), limits: limits)
    }

    /// Whether a check was let through; it is settled as right or wrong.
    private func attempt(_ limiter: FailureLimiter, from address: String, isRight: Bool) throws -> Bool {
        do throws(Refusal) {
            limiter.settle(try limiter.reserve(account: account, address: address), isRight: isRight)
            return true
        } catch .tooManyFailures {
            return false
        }
    }

    @Test("The sixth failure from one address is refused, for at most a minute")
    func sixth() throws {
        let limiter = try limiter()
        for _ in 0..<5 { #expect(try attempt(limiter, from: "192.0.2.1", isRight: false)) }
        do throws(Refusal) {
            _ = try limiter.reserve(account: account, address: "192.0.2.1")
            Issue.record("was let through")
        } catch .tooManyFailures(let seconds) {
            #expect((1...61).contains(seconds))
        } catch {
            Issue.record("\(error)")
        }
        // The e-mail address counts without its letter case.
        #expect(throws: Refusal.self) { try limiter.reserve(account: account.uppercased(), address: "192.0.2.1") }
    }

    @Test("A right password clears what was counted for its address")
    func success() throws {
        let limiter = try limiter()
        for _ in 0..<3 {
            for _ in 0..<4 { #expect(try attempt(limiter, from: "192.0.2.2", isRight: false)) }
            #expect(try attempt(limiter, from: "192.0.2.2", isRight: true))
        }
    }

    @Test("Many right logins at the same time are never refused")
    func manyRight() throws {
        let limiter = try limiter()
        let refused = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 60) { _ in
            do throws(Refusal) {
                let attempt = try limiter.reserve(account: account, address: "192.0.2.3")
                sleep(milliseconds: 5)
                limiter.settle(attempt, isRight: true)
            } catch {
                refused.withLock { $0 += 1 }
            }
        }
        #expect(refused.withLock { $0 } == 0)
    }

    @Test("Parallel guesses from fifty addresses run twenty hashes, and the owner still gets in")
    func bruteForce() throws {
        let limiter = try limiter(waiting: 300)
        // The owner has logged in from here before.
        #expect(try attempt(limiter, from: "198.51.100.7", isRight: true))
        let hashed = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 1000) { number in
            guard let attempt = try? limiter.reserve(account: account, address: "192.0.2.\(100 + number % 50)") else {
                return
            }
            hashed.withLock { $0 += 1 }
            limiter.settle(attempt, isRight: false)
        }
        #expect(hashed.withLock { $0 } <= 20)
        #expect(try attempt(limiter, from: "198.51.100.7", isRight: true))
        // From an unknown address even the right password has to wait.
        #expect(try attempt(limiter, from: "203.0.113.9", isRight: true) == false)
    }

    @Test("Without Redis no hash is computed: guessing could not be bounded")
    func redisDown() {
        let limiter = FailureLimiter(RedisPool(url: "redis://127.0.0.1:1/0"))
        do throws(Refusal) {
            _ = try limiter.reserve(account: account, address: "192.0.2.1")
            Issue.record("was let through")
        } catch {
            #expect(error.name == "redis-unavailable")
        }
    }
}
