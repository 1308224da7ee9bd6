import CCrypt
import Glibc

/// Checks passwords against bcrypt hashes, as Docmost stores them.
package enum PasswordHash {
    /// What an unknown account is checked against: the cost of a real hash, and no password's result.
    package static let placeholder = "$2b$12$aGjQ/Ez4yxpddp0Zg1qsTODNr8SyA7tqKn2UMdk4RNvJoc3IAczB6"

    /// Whether the password belongs to the hash; a missing or foreign hash costs as much as a wrong password.
    ///
    /// - Parameter password: bytes after the 72nd do not count, as in Docmost. One with a zero byte is never right:
    ///   the C function would see only what is before it.
    package static func matches(_ password: [UInt8], hash: String?) -> Bool {
        guard let hash, isBcrypt(hash), !password.contains(0) else {
            _ = hashed(Array(password.prefix { $0 != 0 }), setting: placeholder)
            return false
        }
        guard let computed = hashed(password, setting: hash) else { return false }
        return isEqual(computed, Array(hash.utf8))
    }

    /// `$2a$`, `$2b$` or `$2y$`, a two-digit cost, 22 characters of salt, 31 of digest.
    static func isBcrypt(_ hash: String) -> Bool {
        let bytes = Array(hash.utf8)
        guard bytes.count == 60, bytes.starts(with: Array("$2".utf8)), "aby".utf8.contains(bytes[2]) else {
            return false
        }
        guard bytes[3] == UInt8(ascii: "$"), bytes[6] == UInt8(ascii: "$"), let cost = Int(hash.dropFirst(4).prefix(2))
        else {
            return false
        }
        // 2^16 rounds take 5 s: a hash like that was not written by Docmost, and would hold a worker.
        return (4...16).contains(cost)
    }

    private static func hashed(_ password: [UInt8], setting: String) -> [UInt8]? {
        let text = (password + [0]).map { CChar(bitPattern: $0) }
        // 32 KiB: on the heap, as a worker's stack is small.
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        data.initialize(to: crypt_data())
        defer {
            // The buffer holds key material.
            explicit_bzero(data, MemoryLayout<crypt_data>.size)
            data.deallocate()
        }
        guard let result = crypt_r(text, setting, data) else { return nil }
        let bytes = Array(String(cString: result).utf8)
        return bytes.first == UInt8(ascii: "$") ? bytes : nil
    }

    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}
