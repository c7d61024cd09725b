import TestSupport
import Testing

/// The rule of reading under all that writers do to it at once: and two rules that look as good and are not, to show that this can fail.
@Suite(.serialized, .databases("organization", "billing"), .hangLimit) struct TortureTests {
    @Test func `windows lose nothing, repeat nothing and keep the order of every aggregate`() async throws {
        let report = try await Torture(seconds: 2).run(WindowRule.self)
        #expect(report.outboxItself.isClean, "\(report)")
        #expect(report.verdict.isClean, "\(report)")
        // What would make all of this easy did not happen.
        #expect(report.deaths >= Death.allCases.count, "\(report)")
        #expect(report.windowsWithLate >= 2, "\(report)")
        #expect(report.committed > 20 && report.rolledBack > 0, "\(report)")
    }

    @Test func `a reader of the last position loses events`() async throws {
        let report = try await Torture(seconds: 0.5).run(PositionRule.self)
        #expect(report.outboxItself.isClean, "\(report)")
        #expect(!report.verdict.missing.isEmpty, "\(report)")
        #expect(report.verdict.twice.isEmpty && report.verdict.invented.isEmpty, "\(report)")
    }

    @Test func `a reader by transaction behind the fence loses nothing but the order`() async throws {
        let report = try await Torture(seconds: 0.5).run(FenceRule.self)
        #expect(report.outboxItself.isClean, "\(report)")
        #expect(!report.verdict.misordered.isEmpty, "\(report)")
        #expect(report.verdict.missing.isEmpty && report.verdict.twice.isEmpty && report.verdict.invented.isEmpty, "\(report)")
    }
}
