import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Worker

/// Waiting for lanes that another run holds.
@Suite(.databases("billing", "organization", "identity"), .hangLimit) struct PatientRunTests {
    private let consumer = ProbeConsumer(sources: ["organization", "identity"])
    private let store = CheckpointStore(consumer: "probe", source: "organization")

    private func run(stop: StopSignal = StopSignal(), maxRuntime: Duration? = nil) -> PatientRun {
        PatientRun(
            consumers: [consumer], databases: TestWorkerDatabases(), clock: SystemClock(), stop: stop, maxRuntime: maxRuntime)
    }

    /// Returns when somebody looks who holds the lane, which is when the run waits.
    private func isLookedAt(by watcher: Connection, while body: () async throws -> Void) async throws {
        while try await watcher.value(
            """
            select count(*) from pg_stat_activity, (select pg_sleep(0.005)) as pause
            where datname = current_database() and pid <> pg_backend_pid() and query like '%client_addr%'
            """, as: Int.self) == 0
        {}
        try await body()
    }

    @Test func `a lane that is held is run when it is free`() async throws {
        try await ThingChanged.append(3)
        try await ThingChanged.append(2, first: 10, to: "identity")
        let holder = try await connect("billing")
        #expect(try await holder.session { try store.tryLock(in: $0) })
        let watcher = try await connect("billing", as: .superuser)
        async let waiting = run().untilLevel()
        try await isLookedAt(by: watcher) {
            // The other lane is not kept waiting.
            #expect(try await ProbeConsumer.effects() == 2)
            try await holder.session { try store.unlock(in: $0) }
        }
        let report = await waiting
        #expect(report.summary == ["probe<identity level", "probe<organization level"])
        #expect(report.lanes.map(\.events) == [2, 3])
        #expect(try await ProbeConsumer.effects() == 5)
    }

    @Test func `waiting ends when time is up`() async throws {
        try await ThingChanged.append(1)
        let holder = try await connect("billing")
        #expect(try await holder.session { try store.tryLock(in: $0) })
        // On a busy machine a short time is over before the lane has been looked at; a longer one shows the same.
        for time in [Duration.milliseconds(300), .seconds(3), .seconds(30)] {
            let began = ContinuousClock.now
            let report = await run(maxRuntime: time).untilLevel()
            #expect(ContinuousClock.now - began >= time)
            if report.lockedLanes.map(\.name) == ["probe<organization"] { return }
        }
        Issue.record("no run has looked at the lane")
    }

    @Test func `waiting ends when it is to stop`() async throws {
        try await ThingChanged.append(1)
        let holder = try await connect("billing")
        #expect(try await holder.session { try store.tryLock(in: $0) })
        let stop = StopSignal()
        let watcher = try await connect("billing", as: .superuser)
        async let waiting = run(stop: stop).untilLevel()
        try await isLookedAt(by: watcher) { stop.request() }
        #expect(await waiting.lockedLanes.map(\.name) == ["probe<organization"])
    }

    @Test func `a holder has a name, a process and where it came from`() async throws {
        let holder = try await connect("billing")
        #expect(try await holder.session { try store.tryLock(in: $0) })
        let holders = LaneHolders(consumers: [consumer], databases: TestWorkerDatabases())
        let lane = LaneReport(consumer: "probe", source: "organization", outcome: .locked)
        let found = try #require(try await holders.holder(of: lane))
        #expect(found.pid == Int32(try await holder.session(\.backendPID)) && found.application == "saasctl tests")
        #expect(found.host == nil, "a socket of the same machine")
        #expect(try await holders.holder(of: LaneReport(consumer: "probe", source: "identity", outcome: .locked)) == nil)
        await holders.close()
    }
}
