import Base
import Foundation
import TestSupport
import TestTraits
import Testing

/// The repositories lie on a small disk of their own; only root can mount one.
@Suite("A full disk", .ownThread, .enabled(if: getuid() == 0, "mounting a small disk needs root"))
struct DiskTests {
    /// A file system in memory of so many megabytes.
    private final class SmallDisk {
        let path: String

        init(_ path: String, megabytes: Int) throws {
            self.path = path
            try runProgram(["mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=755", "tmpfs", path])
            try makeShared(path)
        }

        /// Leaves so many kilobytes free.
        func fill(leaving kilobytes: Int) throws {
            _ = try runProgramResult(["dd", "if=/dev/zero", "of=\(path)/filler", "bs=4k"])
            try runProgram(["truncate", "-s", "-\(kilobytes)K", "\(path)/filler"])
        }

        /// Waits until nobody is writing; the kernel refuses it before.
        func setReadOnly(_ isReadOnly: Bool) throws {
            let options = "remount,\(isReadOnly ? "ro" : "rw")"
            try waitUntil("the disk is remounted") { try runProgramResult(["mount", "-o", options, path]).status == 0 }
        }

        func empty() throws { try FileManager.default.removeItem(atPath: "\(path)/filler") }

        deinit { _ = try? runProgramResult(["umount", "-l", path]) }
    }

    @Test("nothing is half published, status and pusher are told why, and all goes on once there is room")
    func full() throws {
        var disk: SmallDisk?
        let installation = try Installation { site in disk = try SmallDisk(site.dataDirectory, megabytes: 16) }
        defer { installation.stopDaemons() }
        let writer = try Writer(at: installation.site)
        let small = try #require(disk)
        var ledger = Ledger()
        let sizes = Installation.isFull ? [0, 4, 8, 12, 16, 24, 32, 48, 64, 96] : [0, 12]
        for (round, kilobytes) in sizes.enumerated() {
            try small.fill(leaving: kilobytes)
            let main = try installation.main()
            try installation.write("wiki\(round)", on: "Beta")
            ledger.add("wiki\(round)")
            sleep(milliseconds: 2_500)
            let isHeld = try installation.main() == main
            if isHeld {
                let status = try installation.operate("status").output
                #expect(status.contains("failed: the disk of the repositories is full: "), "\(status)")
            }
            try push(writer, round, installation, &ledger)
            #expect(try installation.onServer("fsck", "--no-dangling").isEmpty)
            try small.empty()
            try installation.expectAgreement(ledger, "there is room again, round \(round)")
        }
        try installation.expectRest(ledger)
    }

    @Test("read-only for a while: a push is refused, nothing of it is half there, and all goes on by itself")
    func readOnly() throws {
        var disk: SmallDisk?
        let installation = try Installation { site in disk = try SmallDisk(site.dataDirectory, megabytes: 16) }
        defer { installation.stopDaemons() }
        let writer = try Writer(at: installation.site)
        let small = try #require(disk)
        var ledger = Ledger()
        let main = try installation.main()
        try small.setReadOnly(true)
        try installation.write("typed", on: "Beta")
        ledger.add("typed")
        try writer.create("New.md", "new")
        _ = try writer.commit("New")
        let refused = try writer.push()
        #expect(!refused.isAccepted && refused.milliseconds < 60_000, "\(refused.output)")
        try waitUntil("status says so", seconds: 60) {
            installation.daemonLog.lowercased().contains("read-only file system")
        }
        #expect(try installation.main() == main)
        try small.setReadOnly(false)
        #expect(try writer.pushPatiently().isAccepted)
        ledger.add("new")
        try installation.expectAgreement(ledger, "it can be written again")
        try installation.expectRest(ledger)
    }

    /// A push of more than the disk takes: refused with the reason, or, where it fits, a push like any other.
    private func push(_ writer: Writer, _ round: Int, _ installation: Installation, _ ledger: inout Ledger) throws {
        let before = try installation.main()
        try writer.update()
        try writer.create("New \(round).md", "new\(round)")
        let filler = (0..<1500).map { _ in "\(UInt64.random(in: 0 ... .max))" }
        try writer.create("Numbers \(round).txt", filler.joined(separator: " "))
        _ = try writer.commit("Round \(round)")
        let ending = try writer.pushPatiently()
        if ending.isAccepted {
            ledger.add("new\(round)")
        } else {
            #expect(
                ending.output.contains("No space left on device") || ending.output.contains("disk"),
                "\(ending.output)"
            )
            #expect(ending.milliseconds < 60_000)
            let after = try installation.main()
            let isPublished = try installation.onServer("log", "--format=%s", "\(before ?? "")..\(after ?? "")")
            #expect(!isPublished.contains("Round \(round)"))
        }
    }
}
