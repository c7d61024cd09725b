import Testing
import Worker

@Suite struct ChunkSizeTests {
    private let fast = Duration.milliseconds(10)

    @Test func `what was read ahead with an earlier limit was not cut, so that chunks grow`() {
        var size = ChunkSize()
        var asked = size.limit
        for _ in 0..<8 {
            let ahead = size.limit
            size.observed(events: asked, asked: asked, took: fast, reachedEnd: false)
            asked = ahead
        }
        #expect(size.limit == 5_000)
    }

    @Test func `it begins small`() {
        #expect(ChunkSize().limit == 500)
    }

    @Test func `a full chunk that is quick makes the next one as large as half the target has room for, up to its bound`() {
        var size = ChunkSize()
        size.observed(events: 500, took: .milliseconds(25))
        #expect(size.limit == 2_000)
        size.observed(events: 2_000, took: .milliseconds(25))
        #expect(size.limit == 5_000)
        size.observed(events: 5_000, took: .zero)
        #expect(size.limit == 5_000)
    }

    @Test func `a full chunk that is not slow doubles it`() {
        var size = ChunkSize()
        var limits: [Int] = []
        for _ in 0..<6 {
            size.observed(events: size.limit, took: .milliseconds(99))
            limits.append(size.limit)
        }
        #expect(limits == [1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
    }

    @Test func `a slow chunk halves it, full or not, down to its bound`() {
        var size = ChunkSize(limit: 1_500)
        size.observed(events: 1_500, took: .milliseconds(201))
        #expect(size.limit == 750)
        size.observed(events: 3, took: .seconds(2))
        #expect(size.limit == 500)
        size.observed(events: 3, took: .seconds(2))
        #expect(size.limit == 500)
    }

    @Test func `a quiet lane stays as it is`() {
        var size = ChunkSize(limit: 1_000)
        size.observed(events: 999, took: fast)
        #expect(size.limit == 1_000)
    }

    @Test(arguments: [100, 200]) func `between quick and slow it has found its size`(milliseconds: Int) {
        var size = ChunkSize(limit: 1_000)
        size.observed(events: 1_000, took: .milliseconds(milliseconds))
        #expect(size.limit == 1_000)
    }

    @Test func `a chunk that its bytes have cut asks for no more than what came, and grows back with smaller events`() {
        var size = ChunkSize(limit: 5_000)
        size.observed(events: 5, asked: 5_000, took: .seconds(2))
        #expect(size.limit == 5)
        size.observed(events: 3, asked: 5, took: fast)
        #expect(size.limit == 3)
        size.observed(events: 3, took: .seconds(2))
        #expect(size.limit == 3)
        size.observed(events: 3, took: fast)
        #expect(size.limit == 30)
    }
}

extension ChunkSize {
    /// A chunk that was asked for with the present limit, or another one; one that has fewer events was the last, unless a limit is said.
    fileprivate mutating func observed(events: Int, asked: Int? = nil, took duration: Duration) {
        observed(events: events, asked: asked ?? limit, took: duration, reachedEnd: asked == nil && events < limit)
    }
}
