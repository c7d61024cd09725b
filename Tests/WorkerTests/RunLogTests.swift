import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Worker

/// What the databases keep of the last run.
@Suite(.databases("billing", "organization", "identity"), .hangLimit) struct RunLogTests {
    private let noon = Timestamp(year: 2026, month: 3, day: 4, hour: 12)
    private let stopped = Failure(ErrorCode("LANE_STOPPED", .pending), "stopped")
    private let consumer = ProbeConsumer(sources: ["organization", "identity"])

    private func log(down: Set<String> = []) -> RunLog {
        RunLog(consumers: [consumer], databases: TestWorkerDatabases(down: down))
    }

    private func report(_ first: LaneReport.Outcome, _ second: LaneReport.Outcome) -> WorkerReport {
        WorkerReport(
            lanes: [
                LaneReport(consumer: "probe", source: "identity", events: 2, outcome: first),
                LaneReport(consumer: "probe", source: "organization", events: 3, outcome: second),
            ], passes: 1)
    }

    private func last() async throws -> RunRecord? {
        let answers = await log().last()
        #expect(answers.map(\.consumer) == ["probe"])
        return try answers.first?.run.get()
    }

    @Test func `a run is remembered with all that it did`() async throws {
        #expect(try await last() == nil)
        let failures = await log().record(report(.level, .interrupted), from: noon, to: noon.advanced(by: .seconds(2)))
        #expect(failures.isEmpty)
        let run = try #require(try await last())
        #expect(run.startedAt == noon && run.endedAt == noon.advanced(by: .seconds(2)) && run.succeededAt == run.endedAt)
        #expect(run.outcome == "interrupted" && run.endedWell && run.error == nil)
        #expect(run.events == 5 && run.version == SaasctlVersion.current.description && run.pid > 0 && !run.host.isEmpty)
        #expect(run.lanes.map { "\($0.source) \($0.outcome) \($0.events)" } == ["identity level 2", "organization interrupted 3"])
    }

    @Test func `a run that failed keeps when one last did not`() async throws {
        _ = await log().record(report(.level, .level), from: noon, to: noon)
        _ = await log().record(
            report(.level, .stopped(stopped)), from: noon.advanced(by: .seconds(60)), to: noon.advanced(by: .seconds(61)))
        let run = try #require(try await last())
        #expect(run.succeededAt == noon && run.endedAt == noon.advanced(by: .seconds(61)))
        #expect(run.outcome == "stopped" && run.errorCode == "LANE_STOPPED" && run.error == "probe<organization: stopped")
        #expect(run.lanes.map(\.isStopped) == [false, true] && run.lanes.map(\.errorCode) == [nil, "LANE_STOPPED"])
        #expect(try await connect("billing").value("select count(*) from worker_runs", as: Int.self) == 1)
    }

    @Test func `only a run that had all lanes of the consumer is recorded, unless something went wrong`() async throws {
        _ = await log().record(report(.level, .locked), from: noon, to: noon)
        #expect(try await last() == nil)
        _ = await log().record(report(.stopped(stopped), .locked), from: noon, to: noon)
        #expect(try await last()?.outcome == "stopped")
    }

    @Test func `a record that cannot be written is told, unless the run met the same`() async throws {
        let unavailable = Failure(.databaseUnavailable, "down")
        let told = await log(down: ["billing"]).record(report(.level, .level), from: noon, to: noon)
        #expect(told.map(\.code) == [.databaseUnavailable])
        let known = await log(down: ["billing"]).record(report(.unavailable(unavailable), .unavailable(unavailable)), from: noon, to: noon)
        #expect(known.isEmpty)
        try await connect("billing", as: .owner).run("revoke insert, update on worker_runs from saasctl_app")
        let denied = await log().record(report(.level, .level), from: noon, to: noon)
        #expect(denied.map(\.code) == [.databaseDenied])
    }

    @Test func `a database that does not answer is a failure of its own consumer`() async throws {
        let answers = await log(down: ["billing"]).last()
        #expect(throws: Failure.self) { try answers.first?.run.get() }
    }

    @Test func `a row that is replaced every minute stays on its page`() async throws {
        for minute in 0..<50 { _ = await log().record(report(.level, .level), from: noon, to: noon.advanced(by: .seconds(minute))) }
        #expect(try await connect("billing").value("select pg_relation_size('worker_runs') / 8192", as: Int.self) <= 2)
    }
}
