import Foundation

/// A program of this package, from the directory that the tests were built into.
package func builtProduct(_ name: String) throws -> String {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
    if FileManager.default.fileExists(atPath: beside) { return beside }
    let built = packagePath(".build/debug/\(name)")
    guard FileManager.default.fileExists(atPath: built) else { throw ServerFailure("\(name) has not been built") }
    return built
}
