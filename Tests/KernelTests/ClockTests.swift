import Kernel
import Testing

@Suite struct ClockTests {
    @Test func `a shifted clock goes as its base does`() {
        let noon = Timestamp(year: 2026, month: 5, day: 1, hour: 12)
        #expect(ShiftedClock(FixedClock(noon), by: .seconds(3_600)).now() == Timestamp(year: 2026, month: 5, day: 1, hour: 13))
        #expect(ShiftedClock(FixedClock(noon), by: .seconds(-43_200)).now() == Timestamp(year: 2026, month: 5, day: 1))
    }

    @Test func `the system's clock does not go back between two looks`() {
        let clock = SystemClock()
        let first = clock.now()
        #expect(first > Timestamp(year: 2025, month: 1, day: 1))
        #expect(first <= clock.now())
    }
}
