import Base
import Foundation
import Synchronization
import Testing

@testable import FCGIHandler

@Suite("The memory of right passwords")
struct CredentialMemoryTests {
    private let password = Array("secret".utf8)

    @Test("A hundred parallel requests with one password compute one hash")
    func singleFlight() {
        let memory = CredentialMemory()
        let key = memory.key(user: "u", hash: "h", password: password)
        let computed = Mutex(0)
        let right = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 100) { _ in
            let outcome = try? memory.check(key) { () throws(Refusal) in
                computed.withLock { $0 += 1 }
                sleep(milliseconds: 20)
                return true
            }
            if outcome == true { right.withLock { $0 += 1 } }
        }
        #expect(computed.withLock { $0 } == 1)
        #expect(right.withLock { $0 } == 100)
    }

    @Test("A right password is remembered, a wrong one is not")
    func memory() throws {
        let memory = CredentialMemory()
        var computed = 0
        for isRight in [false, false, true, true, true] {
            let key = memory.key(user: "u", hash: "h", password: isRight ? password : Array("wrong".utf8))
            let outcome = try memory.check(key) { () throws(Refusal) in
                computed += 1
                return isRight
            }
            #expect(outcome == isRight)
        }
        #expect(computed == 3)
    }

    @Test("Another user, another stored hash or another password is another entry")
    func keys() {
        let memory = CredentialMemory()
        let keys = [("u", "h", "p"), ("uh", "", "p"), ("u", "hp", ""), ("u", "h", "q"), ("v", "h", "p")].map {
            memory.key(user: $0.0, hash: $0.1, password: Array($0.2.utf8))
        }
        #expect(Set(keys).count == 5)
        // The key is secret to the process: the same triple is another entry elsewhere.
        #expect(CredentialMemory().key(user: "u", hash: "h", password: Array("p".utf8)) != keys[0])
    }

    @Test("It forgets after its lifetime, and it is bounded")
    func lifetime() throws {
        let memory = CredentialMemory(lifetimeMilliseconds: 50, capacity: 10)
        var computed = 0
        func check(_ number: Int) throws {
            _ = try memory.check(memory.key(user: "\(number)", hash: "h", password: password)) { () throws(Refusal) in
                computed += 1
                return true
            }
        }
        try check(0)
        sleep(milliseconds: 80)
        try check(0)
        #expect(computed == 2)
        for number in 1...100 { try check(number) }
        #expect(computed == 102)
    }

    @Test("What stands in the way of a check is told to all who wait for it")
    func failure() {
        let memory = CredentialMemory()
        let key = memory.key(user: "u", hash: "h", password: password)
        let computed = Mutex(0)
        let refused = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do throws(Refusal) {
                _ = try memory.check(key) { () throws(Refusal) in
                    computed.withLock { $0 += 1 }
                    sleep(milliseconds: 200)
                    throw .redisUnavailable("down")
                }
            } catch {
                if error == .redisUnavailable("down") { refused.withLock { $0 += 1 } }
            }
        }
        #expect(refused.withLock { $0 } == 8)
        #expect(computed.withLock { $0 } < 8)
    }
}
