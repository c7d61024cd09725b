import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Worker

/// What a run takes up, however many lanes it has.
@Suite struct WorkerBudgetTests {
    @Test func `a single lane reads whole chunks, and many share the memory`() {
        #expect(WorkerBudget(lanes: 1, sources: 1).chunkBytes == 4 << 20)
        for (lanes, sources) in [(7, 7), (14, 7), (28, 7)] {
            let budget = WorkerBudget(lanes: lanes, sources: sources)
            #expect(budget.chunkBytes * Int64(2 * (lanes + sources)) <= WorkerBudget.bytes && budget.chunkBytes >= 256 << 10)
        }
    }

    @Test func `lanes keep their connections only where there is one for each`() {
        #expect(WorkerBudget(lanes: 14, sources: 7).keepsLanes && WorkerBudget(lanes: 14, sources: 7).places == 14)
        #expect(WorkerBudget(lanes: 14, sources: 7, places: 14).keepsLanes)
        let few = WorkerBudget(lanes: 14, sources: 7, places: 3)
        #expect(few.places == 3 && !few.keepsLanes)
        #expect(WorkerBudget(lanes: 2, sources: 1, places: -4).places == 1)
    }

    @Test func `what lanes share is counted by database`() {
        let consumers: [any Consumer] = [ProbeConsumer(sources: ["organization", "billing"]), ProbeConsumer(sources: ["identity"])]
        // To read on: organization, billing, identity, the consumer's own among them.
        #expect(WorkerRun.leastConnections(of: consumers, following: false) == 4)
        // Besides, one to ask billing while its reader sleeps.
        #expect(WorkerRun.leastConnections(of: consumers, following: true) == 5)
    }

    @Test func `places are given out in the order of asking`() {
        let places = LanePlaces(1)
        let (first, second, third) = (places.join(), places.join(), places.join())
        #expect(places.isContended && !places.claim(second) && places.claim(first))
        #expect(!places.claim(second))
        places.giveBack()
        let late = places.join()
        #expect(!places.claim(late) && !places.claim(third))
        places.leave(second)
        #expect(places.claim(third) && !places.claim(late))
        places.giveBack()
        #expect(places.claim(late) && !places.isContended)
    }
}

/// Runs that may open fewer connections than they have lanes.
@Suite(.databases("billing", "identity", "organization", "workflow"), .hangLimit) struct ConnectionBudgetTests {
    private let consumer = ProbeConsumer(sources: ["identity", "organization", "workflow"])

    private func appendEverywhere() async throws {
        for (index, source) in consumer.sources.enumerated() {
            try await ThingChanged.append(600, first: UInt64(index) * 1_000 + 1, to: source)
        }
    }

    @Test func `lanes take turns on one connection, and all get there`() async throws {
        try await appendEverywhere()
        let counter = OpenConnections()
        let least = WorkerRun.leastConnections(of: [consumer], following: false)
        let report = await WorkerRun(consumers: [consumer], databases: counter, clock: SystemClock(), maxConnections: least).untilLevel()
        #expect(report.failure == nil && report.events == 1_800, "\(report.summary)")
        let highest = await counter.highest
        #expect(highest <= least)
        #expect(try await ProbeConsumer.effects() == 1_800)
    }

    @Test func `a worker that follows with one connection to apply on lets every lane have it`() async throws {
        let (counter, stop) = (OpenConnections(), StopSignal())
        let least = WorkerRun.leastConnections(of: [consumer], following: true)
        let run = WorkerRun(consumers: [consumer], databases: counter, clock: SystemClock(), stop: stop, maxConnections: least)
        let task = Task { await run.untilStopped() }
        try await appendEverywhere()
        let billing = try await connect("billing")
        while try await billing.value("select count(*) from entitlement_sets", as: Int.self) < 1_800 { await Task.yield() }
        stop.request()
        let report = await task.value
        #expect(report.failure == nil && report.events == 1_800)
        let highest = await counter.highest
        #expect(highest <= least)
    }
}

/// Counts the connections of the current test's databases that are open at the same time.
private actor OpenConnections: WorkerDatabases {
    private var opened: [Connection] = []
    private(set) var highest = 0

    func open(_ service: String) async throws -> Connection {
        let connection = try await TestWorkerDatabases().open(service)
        opened.append(connection)
        var open = 0
        for connection in opened where await connection.isOpen { open += 1 }
        highest = max(highest, open)
        return connection
    }
}
