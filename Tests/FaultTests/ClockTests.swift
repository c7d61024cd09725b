import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing
import Worker

/// Clocks that jump by hours, back and forward, under workers and writers: nothing but times shown to people comes from them.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct ClockTests {
    @Test func `order and possession of lanes do not depend on what time it is`() async throws {
        let databases = TestDatabases.current
        let load = try await Load(seed: 51, on: databases, clock: JumpingClock(seed: 52))
        let stop = StopSignal()
        let workers = (0..<2).map { number in
            WorkerRun(
                consumers: Consumers.all, databases: TestConnections(databases: databases), clock: JumpingClock(seed: 53 + number),
                stop: stop)
        }
        let following = workers.map { worker in Task { await worker.untilStopped() } }
        defer { stop.request() }
        try await load.write(transactions: 150)
        let monitor = WorkerMonitor(
            consumers: Consumers.all, databases: TestConnections(databases: databases), clock: JumpingClock(seed: 55))
        try await Deadline.limiting(.seconds(240), "to become level") {
            while await !monitor.look().lanes.allSatisfy({ $0.behind == 0 }) { try Task.checkCancellation() }
        }
        await monitor.close()
        stop.request()
        for task in following { #expect(await task.value.failure == nil) }
        // Goes on where the others have left off, not at the checkpoint with the latest time.
        try await load.write(transactions: 20)
        let after = PatientRun(consumers: Consumers.all, databases: TestConnections(databases: databases), clock: SystemClock())
        let last = try await Deadline.limiting(.seconds(60), "the run with the right time") { await after.untilLevel() }
        #expect(last.failure == nil)
        try await Oracle.check()
    }

    /// What failed before the clock went back was to be tried again at a time that is hours away now.
    @Test func `what failed is tried again although the clock went back`() async throws {
        let databases = TestDatabases.current
        let organization = try await databases["organization"].connect()
        let billing = BrokenConsumer()
        let connections = TestConnections(databases: databases)
        try await LoadDeed.createOrganization(suffix: "one").perform(on: organization)
        let before = WorkerRun(consumers: [billing], databases: connections, clock: SystemClock())
        #expect(await before.untilLevel().lanes.map(\.deadLetters.retrying) == [1])
        billing.isMended.raise()
        let after = WorkerRun(consumers: [billing], databases: connections, clock: ShiftedClock(by: .seconds(-5 * 3_600)))
        let report = try await Deadline.limiting(.seconds(60), "the run after the clock went back") { await after.untilLevel() }
        #expect(report.lanes.map(\.deadLetters) == [DeadLetterCount()])
        #expect(billing.isApplied.isRaised)
    }
}

/// The machine's clock, which somebody sets hours back or forward all the time.
private final class JumpingClock: WallClock {
    private let random: Mutex<SeededGenerator>

    init(seed: Int) {
        random = Mutex(SeededGenerator(seed: UInt64(seed)))
    }

    func now() -> Timestamp {
        let hours = random.withLock { $0.pick(-9, -1, 0, 2, 11) }
        return SystemClock().now().advanced(by: .seconds(3_600 * hours))
    }
}

/// Fails until it is mended.
private struct BrokenConsumer: Consumer {
    let name = "probe"
    let service = "billing"
    let sources = ["organization"]
    let understands: [EventType]? = [EventType("saas.organization.created", version: 1)]
    let isMended = Flag()
    let isApplied = Flag()

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        guard isMended.isRaised else { throw Broken() }
        isApplied.raise()
        return []
    }

    private struct Broken: DomainError {
        var failure: Failure { Failure(ErrorCode("BROKEN", .conflict), "broken") }
    }
}
