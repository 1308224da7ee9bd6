import CShims
import Glibc

extension Settings {
    /// Where scripts/install puts the settings: read when no other file is named, so that a command needs no path.
    package static let usualFile = "/etc/docmost-git/env"

    /// Reads the settings of this process: its environment, and the file that `--env-file` or `DOCMOST_GIT_ENV_FILE`
    /// names, or the usual one; beneath it Docmost's own `.env`, where that file names it by `DOCMOST_ENV_FILE`.
    package static func ofThisProcess(environmentFile path: String?) throws(SettingsError) -> Read {
        let environment = processEnvironment()
        let usual = access(usualFile, F_OK) == 0 ? usualFile : nil
        let own = path ?? environment["DOCMOST_GIT_ENV_FILE"].flatMap { $0.isEmpty ? nil : $0 } ?? usual
        let file = try own.map { (path) throws(SettingsError) in try readText(path) }
        let docmost = docmostFile(environment: environment, file: file)
        let beneath = try docmost.map { (path) throws(SettingsError) in try readText(path) }
        var read = try read(environment: environment, file: file, beneath: beneath)
        read.settings = read.settings.withAbsoluteDataDirectory()
        read.files = [own, docmost].compactMap(\.self)
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
            let remedy = errno == EACCES ? "; run this as root or as the user of the services" : ""
            throw SettingsError("cannot read \(path): \(String(cString: strerror(errno)))\(remedy)")
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
