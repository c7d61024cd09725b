import Kernel
import Testing

@testable import Worker

@Suite struct WorkerReportTests {
    private let stopped = Failure(ErrorCode("STOPPED", .pending), "stopped")
    private let unavailable = Failure(.databaseUnavailable, "unavailable")

    private func report(_ outcomes: LaneReport.Outcome...) -> WorkerReport {
        WorkerReport(lanes: outcomes.map { LaneReport(consumer: "c", source: "s", events: 2, outcome: $0) }, passes: 1)
    }

    @Test func `a lane has the name that people call it by`() {
        #expect(LaneReport(consumer: "billing", source: "organization", outcome: .level).name == "billing<organization")
    }

    @Test func `outcomes have names, and only what needs somebody is a failure`() {
        let outcomes: [LaneReport.Outcome] = [.level, .interrupted, .locked, .stopped(stopped), .unavailable(unavailable)]
        #expect(outcomes.map(\.name) == ["level", "interrupted", "locked", "stopped", "unavailable"])
        #expect(outcomes.map { $0.failure?.code.name } == [nil, nil, nil, "STOPPED", "DATABASE_UNAVAILABLE"])
    }

    @Test func `a run that did what it could succeeds`() {
        #expect(report(.level, .locked, .interrupted).failure == nil)
        #expect(report(.level, .locked, .interrupted).events == 6)
        #expect(report().failure == nil)
    }

    @Test func `an unreachable database comes before a stopped lane, wherever they stand`() {
        #expect(report(.level, .stopped(stopped), .unavailable(unavailable)).failure?.code == .databaseUnavailable)
        #expect(report(.unavailable(unavailable), .stopped(stopped)).failure?.code == .databaseUnavailable)
        #expect(report(.level, .stopped(stopped), .locked).failure?.code.name == "STOPPED")
    }

    @Test func `a lane that stands is for an operator, whatever it has met`() {
        for code in [ErrorCode.unexpected, .invalidValue, .notPermitted, .idempotencyMismatch] {
            let failure = report(.stopped(Failure(code, "met"))).failure
            #expect(failure?.code.name == code.name && failure?.code.exit == .pending)
        }
        #expect(report(.stopped(Failure(.configuration, "met"))).failure?.code == .configuration)
    }

    @Test func `what keeps several back is one hindrance, and waiting is another thing than standing`() {
        let outcomes: [(name: String, outcome: LaneReport.Outcome)] = [
            ("a", .unavailable(unavailable)), ("b", .level), ("c", .stopped(stopped)), ("d", .unavailable(unavailable)), ("e", .locked),
            ("f", .stopped(unavailable)), ("g", .unavailable(unavailable)), ("h", .stopped(stopped)),
        ]
        #expect(
            Hindrance.all(in: outcomes).map(\.text) == [
                "a, d and g cannot run: unavailable", "c and h stand: stopped", "f stands: unavailable",
            ])
    }

    @Test func `of several the first is told`() {
        let second = Failure(ErrorCode("SECOND", .pending), "second")
        #expect(report(.stopped(stopped), .stopped(second)).failure?.code.name == "STOPPED")
    }
}
