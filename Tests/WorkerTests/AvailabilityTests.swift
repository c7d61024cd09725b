import FoundationEssentials
import Identity
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing
import Worker

/// What a database that does not answer does to the others, and what `worker status` says.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct AvailabilityTests {
    @Test func `one database that is down stops its own lanes and no other`() async throws {
        try await System.makeFreePlan()
        _ = try await System.create("acme", owner: System.register("ada@example.org").id)
        let report = await WorkerRun.test(System.consumers, down: ["billing"]).untilLevel()
        let unavailable = report.lanes.filter { $0.outcome.name == "unavailable" }.map(\.name)
        #expect(
            unavailable == ["analytics<billing", "audit<billing", "billing<organization", "organization<billing", "workflow<billing"])
        #expect(report.lanes.filter { $0.outcome.name == "level" }.count == 17)
        #expect(report.failure?.code == .databaseUnavailable)
        #expect(try await connect("notification").value("select count(*) from notifications", as: Int.self) == 2)
        #expect(try await connect("workflow").value("select count(*) from membership_cache", as: Int.self) == 1)
        #expect(try await connect("audit").value("select count(*) from leaves", as: Int.self) > 0)

        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        #expect(try await connect("workflow").value("select count(*) from entitlement_cache", as: Int.self) == 3)
        try await Oracle.check()
    }

    @Test func `a run outlives a database that is away for a moment, and gives up on one that stays away`() async throws {
        try await ThingChanged.append(2)
        let asked = Atomic(0)
        func run(refusing refusals: Int) async -> WorkerReport {
            asked.store(0, ordering: .relaxed)
            let databases = WrappedDatabases(refuses: {
                $0 == "organization" && asked.add(1, ordering: .relaxed).newValue <= refusals
            })
            return await WorkerRun(consumers: [ProbeConsumer()], databases: databases, clock: SystemClock()).untilLevel()
        }
        let away = await run(refusing: .max)
        #expect(away.failure?.code == .databaseUnavailable && away.events == 0)
        #expect((4...20).contains(asked.load(ordering: .relaxed)), "again and again, but not for ever")
        let back = await run(refusing: 3)
        #expect(back.failure == nil && back.events == 2 && back.passes > 1)
    }

    @Test func `a consumer whose own database is down runs none of its lanes`() async throws {
        _ = try await System.create("acme", owner: .id(1))
        let report = await WorkerRun.test(System.consumers.filter { $0.name == "audit" }, down: ["audit"]).untilLevel()
        #expect(report.lanes.count == 7)
        #expect(report.lanes.allSatisfy { $0.outcome.name == "unavailable" })
    }

    @Test func `status tells how far each lane is, and writes nothing`() async throws {
        try await System.makeFreePlan()
        let early = Timestamp(year: 2026, month: 1, day: 2)
        _ = try await System.create("acme", owner: .id(1), System.context(at: early))
        let worker = WorkerRun.test(System.consumers)
        let monitor = WorkerMonitor.test(System.consumers)
        let before = try await Fingerprint()
        var lanes = await monitor.look().lanes
        let changed = try await Fingerprint().differences(from: before)
        #expect(changed == [])
        #expect(lanes.count == 22)
        let billing = try #require(lanes.first { $0.consumer == "billing" })
        #expect(billing.state == .behind)
        #expect(billing.behind == 2)
        #expect(billing.oldest == early)
        #expect(billing.applied == 0)
        #expect(billing.lockedBy == nil)
        #expect(lanes.first { $0.consumer == "notification" }?.state == .level)

        #expect(await worker.untilLevel().failure == nil)
        lanes = await monitor.look().lanes
        #expect(lanes.allSatisfy { $0.state == .level && $0.behind == 0 && $0.oldest == nil && $0.error == nil }, "\(lanes)")
        #expect(lanes.first { $0.consumer == "billing" }?.applied == 2)
        #expect(lanes.first { $0.consumer == "billing" }?.position == 2)
    }

    @Test func `status names who holds a lane, and which database does not answer`() async throws {
        let holder = try await connect("workflow")
        let store = CheckpointStore(consumer: "workflow", source: "organization")
        #expect(try await holder.session { try store.tryLock(in: $0) })
        let pid = try await holder.session(\.backendPID)
        let lanes = await WorkerMonitor.test(System.consumers, down: ["identity"]).look().lanes
        #expect(lanes.first { $0.consumer == "workflow" && $0.source == "organization" }?.lockedBy == "saasctl tests (\(pid))")
        #expect(lanes.first { $0.consumer == "workflow" && $0.source == "billing" }?.lockedBy == nil)
        let down = lanes.filter { $0.state == .unavailable }
        #expect(down.map(\.source) == ["identity", "identity", "identity", "identity"])
        #expect(down.allSatisfy { $0.error?.contains("cannot be reached") == true && $0.behind == nil })
    }
}
