import Outbox
import Postgres
import Testing

@testable import Worker

/// Which lanes an empty window answers for.
@Suite struct CutWindowsTests {
    private let start = LaneCheckpoint.start.lo

    private func snapshot(_ xmax: UInt64) throws -> Snapshot {
        try #require(Snapshot("\(xmax):\(xmax):"))
    }

    private func cut(_ number: Int, to hi: UInt64, isEmpty: Bool = false) throws -> CutWindows.Cut {
        let window = Window(hi: try snapshot(hi), floor: isEmpty ? 0 : 1, ceil: isEmpty ? 0 : 1, late: [])
        return CutWindows.Cut(
            opening: WindowCursor.Opening(window: window, lowestLate: nil, isForward: true, isStandby: false), number: number)
    }

    @Test func `a window that was empty answers for all that stand inside it, until the next round`() throws {
        var cuts = CutWindows()
        cuts.note(try cut(1, to: 10), after: start)
        cuts.note(try cut(2, to: 20), after: try snapshot(10))
        cuts.note(try cut(3, to: 30), after: try snapshot(20))
        let empty = try cut(4, to: 40, isEmpty: true)
        cuts.note(empty, after: try snapshot(20))
        #expect(cuts.empty(after: try snapshot(10)) == nil)
        for lo: UInt64 in [20, 30, 40] { #expect(cuts.empty(after: try snapshot(lo)) == empty.opening) }
        cuts.beginRound()
        #expect(cuts.empty(after: try snapshot(20)) == nil)
    }

    @Test func `the order is the one of asking, whichever answer is heard of first`() throws {
        var cuts = CutWindows()
        // What came between the two is in the second alone, and the lane at 20 has yet to read it.
        cuts.note(try cut(2, to: 30), after: start)
        cuts.note(try cut(1, to: 20), after: start)
        cuts.note(try cut(3, to: 40, isEmpty: true), after: try snapshot(30))
        #expect(cuts.empty(after: try snapshot(30)) != nil)
        #expect(cuts.empty(after: try snapshot(20)) == nil)
    }

    @Test func `what is forgotten is asked for again`() throws {
        var cuts = CutWindows()
        for number in 1...200 { cuts.note(try cut(number, to: UInt64(number)), after: start) }
        cuts.note(try cut(201, to: 201, isEmpty: true), after: try snapshot(1))
        #expect(cuts.empty(after: try snapshot(1)) == nil)
        cuts.note(try cut(202, to: 202, isEmpty: true), after: try snapshot(200))
        #expect(cuts.empty(after: try snapshot(200)) != nil)
    }
}
