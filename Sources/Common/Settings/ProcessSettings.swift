import CShims
import Glibc

extension Settings {
    /// Reads the settings of this process: its environment, and the file that `--env-file` names.
    package static func ofThisProcess(environmentFile path: String?) throws(SettingsError) -> Read {
        let file: String?
        if let path { file = try readText(path) } else { file = nil }
        var read = try read(environment: processEnvironment(), file: file)
        read = Read(settings: read.settings.withAbsoluteDataDirectory(), warnings: read.warnings)
        return read
    }

    /// git is started in `/`, so a relative directory would mean another place for it than for us.
    private func withAbsoluteDataDirectory() -> Settings {
        guard !dataDirectory.hasPrefix("/"), let current = getcwd(nil, 0) else { return self }
        defer { free(current) }
        var settings = self
        let relative = dataDirectory.hasPrefix("./") ? String(dataDirectory.dropFirst(2)) : dataDirectory
        settings.dataDirectory = "\(String(cString: current))/\(relative)"
        return settings
    }

    private static func readText(_ path: String) throws(SettingsError) -> String {
        let descriptor = dg_open(path, O_RDONLY, 0)
        guard descriptor >= 0 else {
            throw SettingsError("cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20 {
            let count = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 { bytes.append(contentsOf: buffer.prefix(count)) }
                return count
            }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            if count < 0, errno != EINTR {
                throw SettingsError("cannot read \(path): \(String(cString: strerror(errno)))")
            }
        }
        throw SettingsError("\(path) is larger than 1 MiB: not a file of settings")
    }
}

/// The variables of this process; a name without `=` is left out.
package func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var next = environ
    while let entry = next.pointee {
        let text = String(cString: entry)
        if let equals = text.firstIndex(of: "=") {
            variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
        }
        next += 1
    }
    return variables
}
