import Dispatch
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Worker

/// What a look at the lanes shows.
@Suite(.databases("billing", "organization", "identity"), .hangLimit) struct WorkerMonitorTests {
    private let consumer = ProbeConsumer(sources: ["organization", "identity"])

    private func lane(_ source: String, of status: WorkerStatus) throws -> LaneStatus {
        try #require(status.lanes.first { $0.source == source })
    }

    @Test func `the second look knows how fast it goes`() async throws {
        let monitor = WorkerMonitor.test([consumer])
        try await ThingChanged.append(300)
        let first = try await lane("organization", of: monitor.look())
        #expect(first.behind == 300 && first.eventsPerSecond == nil && (first.oldestAgeMs ?? -1) >= 0)
        _ = await WorkerRun.test([consumer]).untilLevel()
        let second = await monitor.look()
        let rate = try #require(try lane("organization", of: second).eventsPerSecond)
        #expect(rate > 0 && rate < 300_000)
        #expect(try lane("identity", of: second).eventsPerSecond == 0)
        await monitor.close()
    }

    @Test func `a lane that the last run left standing stands, and the others do not`() async throws {
        let stopped = Failure(ErrorCode("LANE_STOPPED", .pending), "an event is too new")
        let report = WorkerReport(
            lanes: [
                LaneReport(consumer: "probe", source: "organization", outcome: .stopped(stopped)),
                LaneReport(consumer: "probe", source: "identity", outcome: .level),
            ], passes: 1)
        let now = SystemClock().now()
        let log = RunLog(consumers: [consumer], databases: TestWorkerDatabases())
        #expect(await log.record(report, from: now, to: now).isEmpty)
        let status = await WorkerMonitor.test([consumer]).look()
        let (one, other) = (try lane("organization", of: status), try lane("identity", of: status))
        #expect(one.state == .stopped && one.lastError == "an event is too new" && one.lastRun?.endedAt == now)
        #expect(other.state == .level && other.lastError == nil && other.lastRun?.endedAt == now)
        #expect(status.failure == nil, "all could be asked")
    }

    @Test func `what a lane has set aside is counted by state, with what the newest met`() async throws {
        try await ThingChanged.append(4)
        try await ThingChanged.append(1)
        let bad: Set<UUID> = [.id(1), .id(3)]
        let picky = ProbeConsumer { chunk, _ in
            if let event = chunk.events.first(where: { bad.contains($0.subject) }) { throw Refusal(subject: event.subject) }
            return []
        }
        let clock = FixedClock(SystemClock().now())
        let schedule = RetrySchedule(attempts: 1, first: .seconds(60), longest: .seconds(60))
        let run = WorkerRun(consumers: [picky], databases: TestWorkerDatabases(), clock: clock, schedule: schedule)
        #expect(await run.untilLevel().failure?.code.name == "DEAD_LETTERS")
        let status = await WorkerMonitor.test([picky]).look()
        let found = try lane("organization", of: status)
        #expect(found.deadLetters == DeadLetterCount(dead: 2, parked: 1) && found.deadLetterError == "refused \(UUID.id(3))", "\(found)")
        #expect(try lane("organization", of: await WorkerMonitor.test([consumer]).look()).state == .level)
    }

    @Test func `letters are counted up to a limit`() {
        let many = DeadLetterCount(retrying: 3, dead: DeadLetterCount.limit + 1, parked: DeadLetterCount.limit)
        #expect(many.hasMore && many.dead == DeadLetterCount.limit && !DeadLetterCount(dead: DeadLetterCount.limit).hasMore)
        #expect(DeadLetterCount.text(many.dead) == "10000+" && DeadLetterCount.text(many.retrying) == "3")
    }

    @Test func `the oldest open writer is told, whatever wrote after it`() async throws {
        let (old, new) = (try await connect("organization"), try await connect("organization"))
        let monitor = WorkerMonitor.test([consumer])
        let pid = try await Int32(old.session(\.backendPID))
        let (first, second) = (try await OpenTransaction(on: old), try await OpenTransaction(on: new))
        // Other tests write on this server too, and may have something older open for a moment.
        var writer: OpenWriter?
        while writer?.pid != pid { writer = try await lane("organization", of: monitor.look()).oldestWriter }
        #expect(writer?.database?.hasSuffix("organization") == true && writer?.role == "organization_app")
        #expect(writer?.application == "saasctl tests" && (writer?.ageMs ?? -1) >= 0 && writer?.prepared == nil)
        try await second.end()
        try await first.end()
        await monitor.close()
    }

    @Test func `a prepared transaction is an open writer too`() async throws {
        let connection = try await connect("organization")
        let name = "forgotten \(TestDatabases.current.prefix)"
        try await connection.session { try $0.script("begin; select pg_current_xact_id(); prepare transaction '\(name)'") }
        let monitor = WorkerMonitor.test([consumer])
        var writer: OpenWriter?
        while writer?.prepared != name { writer = try await lane("organization", of: monitor.look()).oldestWriter }
        try await connection.session { try $0.script("rollback prepared '\(name)'") }
        #expect(writer?.pid == nil && writer?.role == "organization_app" && (writer?.ageMs ?? -1) >= 0)
        await monitor.close()
    }

    @Test func `connections that were lost are replaced`() async throws {
        let monitor = WorkerMonitor.test([consumer])
        #expect(try await lane("identity", of: monitor.look()).state == .level)
        try await connect("identity", as: .superuser).run(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
        let again = await monitor.look()
        #expect(try lane("identity", of: again).state == .level && lane("organization", of: again).state == .level)
        #expect(again.failure == nil)
        await monitor.close()
    }
}

/// A transaction that has an id and stays open.
private struct OpenTransaction {
    private let release = DispatchSemaphore(value: 0)
    private let running: Task<Void, any Error>

    init(on connection: Connection) async throws {
        let (begun, signal) = AsyncStream<Void>.makeStream()
        running = Task { [release] in
            defer { signal.finish() }
            try await connection.transaction { session in
                _ = try session.one(Query<Xid8>("select pg_current_xact_id()"))
                signal.finish()
                release.wait()
            }
        }
        for await _ in begun {}
    }

    func end() async throws {
        release.signal()
        try await running.value
    }
}

private struct Refusal: DomainError {
    let subject: UUID
    var failure: Failure { Failure(ErrorCode("REFUSED", .conflict), "refused \(subject)") }
}
