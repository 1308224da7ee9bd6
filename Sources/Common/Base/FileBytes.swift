import CShims
import Glibc

/// The bytes of a file; nil when it cannot be read, is a directory, or is larger than `limit`.
package func fileBytes(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = dg_open(path, O_RDONLY, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while bytes.count <= limit {
        let count = withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { bytes.append(contentsOf: buffer.prefix(count)) }
            return count
        }
        if count == 0 { return bytes }
        if count < 0, dg_errno() != EINTR { return nil }
    }
    return nil
}
