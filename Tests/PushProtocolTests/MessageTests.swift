import Base
import GitStore
import Testing

@testable import PushProtocol

@Suite struct MessageTests {
    private let id = ObjectID("1234567890123456789012345678901234567890")

    @Test func wakeUpsReadBackAsTheyWere() throws {
        let id = try #require(id)
        let plan = PlanRequest(push: .fresh(), user: .fresh(), old: id, new: id, options: ["dry-run", "ключ=\"x\"\n"])
        let reasons: [WakeUp.Reason] = [.look, .pushed(.fresh(), token: "docmost-git:a:1"), .plan(plan)]
        for reason in reasons {
            let wakeUp = WakeUp(space: .fresh(), reason: reason)
            #expect(WakeUp(wakeUp.bytes) == wakeUp)
        }
    }

    @Test func repliesReadBackAsTheyWere() {
        let replies: [PushReply] =
            [.acknowledged, .working, .done(summary: "two\nlines"), .line(ReportLine(.note, ""))]
            + ReportLine.Action.allCases.map { .line(ReportLine($0, "Straße/é.md", url: "https://x/y", note: "“n”")) }
        for reply in replies { #expect(PushReply(reply.bytes) == reply) }
    }

    @Test(arguments: [
        "", "null", "[]", "{", "{}", #"{"space":1}"#, #"{"space":"x"}"#, "\u{0}",
        #"{"space":"019ef6fc-2638-7ce1-9ce3-2756ce038480","pushed":"no id","token":"t"}"#,
        #"{"space":"019ef6fc-2638-7ce1-9ce3-2756ce038480","pushed":"019ef6fc-2638-7ce1-9ce3-2756ce038480"}"#,
        #"{"space":"019ef6fc-2638-7ce1-9ce3-2756ce038480","plan":"019ef6fc-2638-7ce1-9ce3-2756ce038480"}"#,
        #"{"action":"explode","path":"x"}"#,
    ])
    func whatIsNoMessageIsNotRead(_ text: String) {
        #expect(WakeUp(Array(text.utf8)) == nil)
        #expect(PushReply(Array(text.utf8)) == nil)
    }

    @Test func recordsReadBackAsTheyWere() throws {
        let id = try #require(id)
        let record = PushRecord(
            push: .fresh(),
            user: .fresh(),
            name: "Zoë \"<x>\"\n{",
            email: "z@example.org",
            time: 1_700_000_000_123,
            old: nil,
            new: id,
            options: ["allow-deletes"],
            allowedDeletions: ["A/ü.md", "{.md"]
        )
        #expect(PushRecord(message: Array(record.message.utf8), commit: nil) == record)
    }
}
