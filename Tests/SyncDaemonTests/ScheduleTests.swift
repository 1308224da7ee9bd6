import Base
import GitStore
import PageStore
import Testing

@testable import SyncDaemon

@Suite("When cycles run")
struct ScheduleTests {
    private static let first = SpaceID(high: 1, low: 1)
    private static let second = SpaceID(high: 2, low: 2)

    private func sight(_ wiki: String, main: String = "1") -> Schedule.Sight {
        Schedule.Sight(
            wiki: SpaceFingerprint(live: 1, updatedSum: 0, restrictions: wiki),
            main: ObjectID(String(repeating: main, count: 40))
        )
    }

    /// A schedule that has run every space once.
    private func settled() -> Schedule {
        var schedule = Schedule(debounceMilliseconds: 2000)
        for space in [Self.first, Self.second] {
            schedule.observe(space, sight("a"), at: 0)
            let next = schedule.next()
            #expect(next == space)
            schedule.finished(space)
        }
        return schedule
    }

    @Test("a space that is seen for the first time is due at once")
    func first() {
        var schedule = settled()
        #expect(schedule.next() == nil)
    }

    @Test("nothing changed: nothing is due, however long")
    func idle() {
        var schedule = settled()
        for time in 1...1000 { schedule.observe(Self.first, sight("a"), at: Int64(time) * 2000) }
        #expect(schedule.next() == nil)
    }

    @Test("an edit waits for one quiet probe")
    func debounce() {
        var schedule = settled()
        schedule.observe(Self.first, sight("b"), at: 2000)
        #expect(schedule.next() == nil)
        schedule.observe(Self.first, sight("c"), at: 4000)
        #expect(schedule.next() == nil)
        schedule.observe(Self.first, sight("c"), at: 6000)
        #expect(schedule.next() == Self.first)
    }

    @Test("continuous editing does not put a cycle off for ever")
    func patience() {
        var schedule = settled()
        var ran: Int?
        for probe in 1...20 where ran == nil {
            schedule.observe(Self.first, sight("edit \(probe)"), at: Int64(probe) * 2000)
            if schedule.next() != nil { ran = probe }
        }
        #expect(ran == 11)
    }

    @Test("a push that nobody has taken up is due at once")
    func pushed() {
        var schedule = settled()
        schedule.observe(Self.first, sight("a", main: "2"), at: 2000)
        #expect(schedule.next() == Self.first)
    }

    @Test("a space runs once at a time, and again when something came meanwhile")
    func once() {
        var schedule = settled()
        schedule.look(Self.first, at: 1)
        #expect(schedule.next() == Self.first)
        schedule.look(Self.first, at: 2)
        #expect(schedule.next() == nil)
        schedule.finished(Self.first)
        #expect(schedule.next() == Self.first)
    }

    @Test("the space that has waited longest comes first")
    func fair() {
        var schedule = settled()
        schedule.look(Self.second, at: 1)
        schedule.look(Self.first, at: 2)
        schedule.look(Self.second, at: 3)
        #expect(schedule.next() == Self.second)
        #expect(schedule.next() == Self.first)
    }

    @Test("a space that is switched off is forgotten at once")
    func off() {
        var schedule = settled()
        schedule.look(Self.first, at: 1)
        schedule.keepOnly([Self.second])
        #expect(schedule.next() == nil)
    }
}
