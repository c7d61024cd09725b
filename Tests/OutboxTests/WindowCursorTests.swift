import FoundationEssentials
import Kernel
import Postgres
import Testing

@testable import Outbox

@Suite struct WindowCursorTests {
    private let lo = Snapshot(xmin: Xid8(10), xmax: Xid8(20), running: [Xid8(12), Xid8(15)])
    private let hi = Snapshot(xmin: Xid8(15), xmax: Xid8(30), running: [Xid8(15)])

    private func cursor(position: Int64 = 7, tail: [Int64] = []) -> WindowCursor {
        WindowCursor(
            resuming: LaneCheckpoint(
                lo: lo, window: nil, position: position, sequence: 3, tail: tail.map { .init(position: $0, id: .id(UInt64($0))) },
                events: 40))
    }

    private func opening(
        floor: Int64 = 0, ceil: Int64 = 0, late: [UInt64] = [], lowestLate: Int64? = nil, isForward: Bool = true, isStandby: Bool = false
    ) -> WindowCursor.Opening {
        WindowCursor.Opening(
            window: Window(hi: hi, floor: floor, ceil: ceil, late: late.map { Xid8($0) }), lowestLate: lowestLate, isForward: isForward,
            isStandby: isStandby)
    }

    private func events(_ positions: Int64...) -> [StoredEvent] { positions.map { .sample(position: $0) } }

    @Test func `a lane that has applied nothing begins before the first transaction`() {
        #expect(WindowCursor(resuming: .start).next(limit: 5) == .open(after: Snapshot(xmin: Xid8(3), xmax: Xid8(3))))
        #expect(LaneCheckpoint.start.sequence == 0)
    }

    @Test func `between windows it asks for the next one`() {
        #expect(cursor().next(limit: 5) == .open(after: lo))
    }

    @Test func `a window with ordinary rows is read from before its lowest position`() throws {
        var cursor = cursor()
        #expect(try cursor.opened(opening(floor: 50, ceil: 90)))
        let window = Window(hi: hi, floor: 50, ceil: 90, late: [])
        #expect(cursor.next(limit: 5) == .read(ChunkRequest(lo: lo, window: window, after: 49, limit: 5)))
    }

    @Test(arguments: [(floor: Int64(50), lowestLate: Int64(4), after: Int64(3)), (floor: 50, lowestLate: 60, after: 49)])
    func `late rows begin the window where they lie lower`(floor: Int64, lowestLate: Int64, after: Int64) throws {
        var cursor = cursor()
        #expect(try cursor.opened(opening(floor: floor, ceil: 90, late: [12], lowestLate: lowestLate)))
        let window = Window(hi: hi, floor: floor, ceil: 90, late: [Xid8(12)])
        #expect(cursor.next(limit: 5) == .read(ChunkRequest(lo: lo, window: window, after: after, limit: 5)))
    }

    @Test func `late rows alone are a window, wherever the last one ended`() throws {
        var cursor = cursor(position: 1_000)
        #expect(try cursor.opened(opening(late: [12], lowestLate: 4)))
        // Beyond lo nothing has rows that would vouch for it.
        let window = Window(hi: Snapshot(xmin: Xid8(15), xmax: Xid8(20), running: [Xid8(15)]), floor: 0, ceil: 0, late: [Xid8(12)])
        #expect(cursor.next(limit: 5) == .read(ChunkRequest(lo: lo, window: window, after: 3, limit: 5)))
    }

    @Test func `an empty window is passed in memory, with nothing to write`() throws {
        var cursor = cursor()
        #expect(try !cursor.opened(opening()))
        #expect(cursor.next(limit: 5) == .open(after: hi))
        #expect(cursor.checkpoint.sequence == 3)
        #expect(cursor.checkpoint.position == 7)
        #expect(cursor.checkpoint.events == 40)
    }

    @Test func `empty windows are forgotten where the source may have been restarted, and never stored`() throws {
        var cursor = cursor()
        _ = try cursor.opened(opening())
        var restarted = cursor
        restarted.forgetEmptyWindows()
        #expect(restarted.next(limit: 5) == .open(after: lo))
        #expect(try cursor.opened(opening(late: [15], lowestLate: 4)))
        #expect(cursor.checkpoint.lo == lo)
        cursor.forgetEmptyWindows()
        #expect(cursor.checkpoint.window?.late == [Xid8(15)], "an open window is stored as it is")
    }

    @Test func `a standby is refused, and the state stays`() {
        var cursor = cursor()
        let before = cursor
        #expect(throws: LaneStop.readingFromStandby) { try cursor.opened(opening(floor: 1, ceil: 2, isForward: false, isStandby: true)) }
        #expect(cursor == before)
    }

    @Test func `a snapshot that went back is refused, and the state stays`() {
        var cursor = cursor()
        let before = cursor
        #expect(throws: LaneStop.snapshotWentBack(lo: "10:20:12,15", hi: "15:30:15")) {
            try cursor.opened(opening(floor: 1, ceil: 2, isForward: false))
        }
        #expect(cursor == before)
    }

    @Test func `a full chunk stays in its window and goes on behind its last row`() throws {
        var cursor = cursor()
        _ = try cursor.opened(opening(floor: 50, ceil: 90, late: [12], lowestLate: 60))
        let committed = cursor.received(events(50, 61, 62), reachedEnd: false)
        #expect(committed == cursor.checkpoint)
        #expect(committed.window == Window(hi: hi, floor: 50, ceil: 90, late: [Xid8(12)]))
        #expect(committed.lo == lo)
        #expect(committed.position == 62)
        #expect(committed.sequence == 4)
        #expect(committed.events == 43)
        guard case .read(let next) = cursor.next(limit: 2) else { return #expect(Bool(false), "the window has more") }
        #expect(next.after == 62)
        #expect(next.limit == 2)
    }

    /// Bytes or time may cut a chunk; only the end of the query's rows ends the window.
    @Test func `a chunk of fewer rows than its limit does not end the window by itself`() throws {
        var cursor = cursor()
        _ = try cursor.opened(opening(floor: 50, ceil: 90))
        let committed = cursor.received(events(50), reachedEnd: false)
        #expect(committed.window != nil)
        guard case .read = cursor.next(limit: 5) else { return #expect(Bool(false), "the window has more") }
    }

    @Test func `the last chunk of a window commits with its end`() throws {
        var cursor = cursor()
        _ = try cursor.opened(opening(floor: 50, ceil: 90, late: [12], lowestLate: 60))
        let committed = cursor.received(events(50, 90), reachedEnd: true)
        #expect(committed.lo == hi)
        #expect(committed.window == nil)
        #expect(committed.position == 90)
        #expect(committed.sequence == 4)
        #expect(cursor.next(limit: 5) == .open(after: hi))
    }

    @Test func `an empty end of a window is written, so that nobody looks for more in it`() throws {
        var cursor = cursor()
        _ = try cursor.opened(opening(floor: 50, ceil: 51))
        let full = cursor.received(events(50, 51), reachedEnd: false)
        let end = cursor.received([], reachedEnd: true)
        #expect(end == cursor.checkpoint)
        #expect(end.window == nil)
        #expect(cursor.next(limit: 5) == .open(after: hi))
        #expect(end.sequence == full.sequence + 1)
        #expect(end.position == 51)
        #expect(end.events == full.events)
        #expect(end.tail == full.tail)
    }

    /// Then the lane resumes inside the window, which has nothing left.
    @Test func `a restart before that end reads it again`() throws {
        var cursor = cursor()
        _ = try cursor.opened(opening(floor: 50, ceil: 51))
        let committed = cursor.received(events(50, 51), reachedEnd: false)
        var resumed = WindowCursor(resuming: committed)
        guard case .read(let request) = resumed.next(limit: 5) else { return #expect(Bool(false), "the window is open") }
        #expect(request.after == 51)
        let end = resumed.received([], reachedEnd: true)
        #expect(end.window == nil)
        #expect(resumed.next(limit: 5) == .open(after: hi))
    }

    @Test func `a checkpoint is all that is needed to go on`() throws {
        var cursor = cursor()
        _ = try cursor.opened(opening(floor: 50, ceil: 90, late: [12], lowestLate: 60))
        let committed = cursor.received(events(50, 61), reachedEnd: false)
        #expect(WindowCursor(resuming: committed) == cursor)
    }

    @Test func `the tail names the last four events, across chunks`() throws {
        var cursor = cursor(tail: [1, 2, 3])
        _ = try cursor.opened(opening(floor: 50, ceil: 90))
        let short = cursor.received(events(50, 51), reachedEnd: false)
        #expect(short.tail.map(\.position) == [2, 3, 50, 51])
        let long = cursor.received(events(52, 53, 54, 55, 56), reachedEnd: false)
        #expect(long.tail.map(\.position) == [53, 54, 55, 56])
        let last = cursor.received(events(57), reachedEnd: true)
        #expect(last.tail == [54, 55, 56, 57].map { .init(position: $0, id: .id(UInt64($0))) })
    }

    @Test func `each reason to stand still is the operator's business and says so`() {
        let stops: [LaneStop] = [
            .readingFromStandby, .snapshotWentBack(lo: "1:1:", hi: "1:1:"), .sourceChanged("the source changed"), .tailMissing,
            .newerEvent(type: "saas.thing.changed.v3", position: 5, known: 2), .unreadableCheckpoint("x"),
        ]
        for stop in stops { #expect(stop.failure.code.exit == .pending) }
        #expect(
            stops[4].failure.message
                == #"the event at position 5 of the source has type "saas.thing.changed.v3"; this saasctl reads up to version 2"#)
        #expect(stops[1].failure.code == stops[3].failure.code)
    }
}
