import Base
package import Processes

/// A bare repository on disk, driven through git's plumbing commands.
///
/// Reading a ref costs no process. Everything else names the repository explicitly and pins what git would otherwise
/// take from the machine's configuration.
package struct Repository: Sendable, Hashable {
    /// Absolute path of the bare repository.
    package let path: String

    package init(path: String) { self.path = path }

    /// A git command on this repository.
    package func command(_ arguments: [String], environment extra: [String: String] = [:]) -> Command {
        var environment = Environment.git
        // The owner may differ from us where a group shares the directory; this very path is trusted, nothing else.
        environment.addGitConfiguration([
            ("safe.directory", path), ("core.quotePath", "false"), ("gc.auto", "0"), ("maintenance.auto", "false"),
            ("core.hooksPath", "/dev/null"), ("commit.gpgSign", "false"),
        ])
        environment.merge(extra)
        return Command("git", ["--git-dir=\(path)"] + arguments, environment: environment, directory: "/")
    }

    /// Runs a git command to its end and returns its output; throws unless it succeeds.
    @discardableResult
    package func git(_ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]) throws(GitError)
        -> RunOutput
    {
        do throws(ProcessError) {
            return try runChecked(command(arguments, environment: environment), input: input)
        } catch {
            throw GitError(error)
        }
    }

    /// The object a full ref name points at; nil when the ref does not exist. Costs no process.
    ///
    /// Follows one symbolic ref (HEAD). A loose ref is read before packed-refs, as git does; a ref packed between the
    /// two reads is then found in packed-refs.
    package func resolve(_ ref: String) -> ObjectID? { resolve(ref, isSymbolAllowed: true) }

    private func resolve(_ ref: String, isSymbolAllowed: Bool) -> ObjectID? {
        if let text = fileBytes("\(path)/\(ref)", limit: 4096) {
            let line = String(decoding: text, as: UTF8.self)
            if line.hasPrefix("ref: ") {
                guard isSymbolAllowed else { return nil }
                return resolve(String(line.dropFirst(5).prefix { $0 != "\n" }), isSymbolAllowed: false)
            }
            return ObjectID(line.prefix(40))
        }
        return packedRefs()[ref]
    }

    /// All refs below a prefix such as `refs/docmost/import/`, loose ones included. One process.
    package func refs(under prefix: String) throws(GitError) -> [(name: String, id: ObjectID)] {
        let output = try git(["for-each-ref", "--format=%(objectname) %(refname)", prefix]).text
        return output.split(separator: "\n").compactMap { line in
            ObjectID(line.prefix(40)).map { (String(line.dropFirst(41)), $0) }
        }
    }

    private func packedRefs() -> [String: ObjectID] {
        guard let bytes = fileBytes("\(path)/packed-refs", limit: 64 << 20) else { return [:] }
        var refs: [String: ObjectID] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.count > 41 {
            guard let id = ObjectID(hexadecimal: line.prefix(40)) else { continue }
            refs[String(decoding: line.dropFirst(41), as: UTF8.self)] = id
        }
        return refs
    }

    /// Whether `ancestor` is reachable from `descendant`; equal commits are.
    ///
    /// - Parameter environment: more variables for git, such as those of a quarantine.
    package func isAncestor(
        _ ancestor: ObjectID,
        of descendant: ObjectID,
        environment: [String: String] = [:]
    ) throws(GitError) -> Bool {
        if ancestor == descendant { return true }
        do throws(ProcessError) {
            let arguments = ["merge-base", "--is-ancestor", "\(ancestor)", "\(descendant)"]
            let result = try run(command(arguments, environment: environment))
            if result.status == .exited(1) { return false }
            guard result.status.isSuccess else { throw ProcessError(.failed, "merge-base: \(result.errorText)") }
            return true
        } catch {
            throw GitError(error)
        }
    }
}
