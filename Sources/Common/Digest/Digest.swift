internal import CCrypto

/// SHA-1 and SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) by OpenSSL's libcrypto, which libpq loads anyway.
package enum Digest {
    /// The 32-byte SHA-256 digest.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        _ = SHA256(bytes, bytes.count, &result)
        return result
    }

    /// The 20-byte SHA-1 digest, by which git names objects.
    package static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 20)
        _ = SHA1(bytes, bytes.count, &result)
        return result
    }

    /// The 32-byte HMAC-SHA-256 tag.
    package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        _ = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &result, &length)
        return result
    }

    /// Compares in a time that depends on the length only.
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
