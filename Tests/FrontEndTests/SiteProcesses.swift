import Foundation
import TestSupport

extension Site {
    /// Living processes of git that work for this site, with their names.
    var gitProcesses: [String] { gitProcessIDs.map { "\($0) \(Self.name(of: $0))" } }

    /// Processes that exist only as long as a request: git's, and a responder that was started for one.
    var workingProcesses: [String] {
        gitProcesses + (frontEnd == .apacheCGI ? responderProcessIDs.map { "\($0) docmost-git-fcgi" } : [])
    }

    /// git's processes with a word on their command line.
    func gitProcessIDs(running word: String) -> [Int] {
        gitProcessIDs.filter { id in
            let command = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
            return String(decoding: command, as: UTF8.self).contains(word)
        }
    }

    /// The share of one processor that git and the responders take during some microseconds.
    func load(during microseconds: UInt32) -> Double {
        func ticks() -> [Int: Int] {
            let ids = gitProcessIDs + responderProcessIDs
            return Dictionary(ids.map { ($0, Self.processorTicks(of: $0)) }) { first, _ in first }
        }
        let before = ticks()
        usleep(microseconds)
        let used = ticks().map { id, now in max(0, now - (before[id] ?? now)) }.reduce(0, +)
        return Double(used) / Double(sysconf(Int32(_SC_CLK_TCK))) * 1_000_000 / Double(microseconds)
    }

    /// A client is silent from when nothing moves: buffers on the way still take what git has to say. At most 3 s.
    func waitUntilStill() {
        for _ in 0..<30 {
            if load(during: 100_000) < 0.1 { return }
        }
    }

    /// What git has left of a push that broke off.
    var unfinishedObjects: [String] {
        let objects = "\(repository())/objects"
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: objects)) ?? []
        return names.filter { $0.contains("tmp_objdir") || $0.contains("incoming-") }
    }

    var responderProcessIDs: [Int] {
        Self.processIDs.filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/exe"))
                == directory.file("bin/docmost-git-fcgi")
        }
    }

    private var gitProcessIDs: [Int] {
        Self.processIDs.filter { id in
            guard Self.name(of: id).hasPrefix("git"),
                let environment = FileManager.default.contents(atPath: "/proc/\(id)/environ")
            else { return false }
            return String(decoding: environment, as: UTF8.self).contains("GIT_PROJECT_ROOT=\(dataDirectory)")
        }
    }

    private static var processIDs: [Int] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int.init)
    }

    private static func name(of id: Int) -> String {
        ((try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8)) ?? "").trimmingCharacters(in: .newlines)
    }

    /// User and system time of a process in clock ticks (proc(5), stat, fields 14 and 15).
    private static func processorTicks(of id: Int) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 12 ? (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0) : 0
    }
}
