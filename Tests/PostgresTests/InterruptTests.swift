import Testing

@testable import Postgres

struct InterruptTests {
    @Test func aWishBelongsToItsCall() {
        let interrupt = Interrupt()
        let first = interrupt.begin()
        interrupt.end()
        let second = interrupt.begin()
        interrupt.cancel(first)
        #expect(!interrupt.isCancelled)
        interrupt.cancel(second)
        #expect(interrupt.isCancelled)
        interrupt.end()
        #expect(!interrupt.isCancelled)
        _ = interrupt.begin()
        #expect(!interrupt.isCancelled)
    }

    @Test func nothingIsWishedWhileNoCallRuns() {
        let interrupt = Interrupt()
        interrupt.cancelCurrent()
        let call = interrupt.begin()
        #expect(!interrupt.isCancelled)
        interrupt.end()
        interrupt.cancel(call)
        #expect(!interrupt.isCancelled)
    }
}
