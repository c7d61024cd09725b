import Configuration
import Kernel
import Sandbox
import Testing

@Suite struct SandboxClockTests {
    private let noon = FixedClock(Timestamp(year: 2026, month: 3, day: 1, hour: 12))

    @Test func `is set, advanced, put back and reset, and runs on`() async throws {
        try await withSandbox { fixture in
            let sandbox = fixture.sandbox
            await #expect(throws: ConfigurationError.sandboxNotStarted) { try await sandbox.setClock(to: noon.now(), base: noon) }
            let profile = try await fixture.start().profile
            #expect(try profile.clock(base: noon).now() == noon.now())

            let target = Timestamp(year: 2027, month: 1, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999)
            #expect(try await sandbox.setClock(to: target, base: noon) == target)
            #expect(try profile.clock(base: noon).now() == target)
            #expect(try sandbox.clock(base: noon).now() == target)
            let later = FixedClock(noon.now().advanced(by: .seconds(5)))
            #expect(try profile.clock(base: later).now() == target.advanced(by: .seconds(5)))

            #expect(try await sandbox.advanceClock(by: .seconds(86_400), base: noon) == target.advanced(by: .seconds(86_400)))
            #expect(try await sandbox.advanceClock(by: .seconds(-86_400), base: noon) == target)
            #expect(try sandbox.status().clockShift == target.duration(since: noon.now()))

            #expect(try await sandbox.resetClock(base: noon) == noon.now())
            #expect(try profile.clock(base: noon).now() == noon.now())
            #expect(try sandbox.status().clockShift == .zero)
        }
    }

    @Test func `keeps its shift over a stop and a start`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            try await fixture.sandbox.advanceClock(by: .seconds(3_600), base: noon)
            try await fixture.sandbox.stop()
            let profile = try await fixture.start().profile
            #expect(try profile.clock(base: noon).now() == noon.now().advanced(by: .seconds(3_600)))
        }
    }

    @Test func `does not leave the years that can be written`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            for years in [-57, 8_000, 1_000_000_000] {
                let duration = Duration.seconds(Int64(years) * 31_557_600)
                await #expect(throws: SandboxError.clockOutOfRange) { try await fixture.sandbox.advanceClock(by: duration, base: noon) }
            }
            #expect(try fixture.sandbox.status().clockShift == .zero)
        }
    }

    @Test func `shifts that are made at once add up`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            let sandbox = fixture.sandbox
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 { group.addTask { try await sandbox.advanceClock(by: .seconds(1)) } }
                try await group.waitForAll()
            }
            #expect(try sandbox.status().clockShift == .seconds(20))
        }
    }
}
