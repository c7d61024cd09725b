import Audit
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Worker

/// What a replay does with events that fail, failed or were given up.
@Suite(.databases("billing", "organization", "workflow", "audit"), .hangLimit) struct ReplayLetterTests {
    private let poison = Poison()
    private var consumer: ModelConsumer {
        var consumer = ModelConsumer()
        consumer.poison = poison
        return consumer
    }

    private func prepare() async throws {
        try await Model.prepare()
        for round in 1...3 as ClosedRange<Int64> { try await Model.append(Array(1...60), from: round) }
    }

    @Test func `letters that fail again stay as they are`() async throws {
        try await prepare()
        poison.add(7, 2)
        try await Model.run(consumer, Model.archivist())
        try await connect("billing", as: .owner).run(
            "update dead_letters set attempts = 9, state = 'dead', due_at = null where state = 'retrying'")
        #expect(try await Model.letters() == ["7#2 dead", "7#3 parked"])
        let report = try await Model.replay(consumer)
        #expect(report.outcome == .equal && report.lanes.first?.setAside == 2, "\(report)")
        #expect(try await Model.letters() == ["7#2 dead", "7#3 parked"])
        #expect(try await connect("billing").value("select max(attempts) from dead_letters", as: Int.self) == 9)
    }

    @Test func `letters whose cause is mended are applied`() async throws {
        try await prepare()
        poison.add(7, 2)
        poison.add(8, 3)
        try await Model.run(consumer, Model.archivist())
        poison.remove(7, 2)
        let report = try await Model.replay(consumer)
        #expect(report.outcome == .replaced && report.lettersOnlyLive == 2 && report.lettersOnlyRebuilt == 0, "\(report)")
        #expect(try await Model.letters() == ["8#3 retrying"])
        poison.remove(8, 3)
        #expect(try await Model.replay(consumer).lettersOnlyLive == 1)
        #expect(try await Model.letters().isEmpty)
        #expect(try await Model.rows() == Model.expected())
    }

    @Test func `an earlier event that fails now comes in front of a letter of its aggregate`() async throws {
        try await prepare()
        poison.add(7, 3)
        try await Model.run(consumer, Model.archivist())
        #expect(try await Model.letters() == ["7#3 retrying"])
        poison.add(8, 1)
        poison.add(7, 1)
        let report = try await Model.replay(consumer)
        #expect(report.lettersOnlyLive == 1 && report.lettersOnlyRebuilt == 6, "\(report)")
        #expect(
            try await Model.letters().sorted() == [
                "7#1 retrying", "7#2 parked", "7#3 parked", "8#1 retrying", "8#2 parked", "8#3 parked",
            ])
        let order = try await connect("billing").values(
            "select sequence from dead_letters where subject = \(UUID.id(7)) order by turn", as: Int64.self)
        #expect(order == [1, 2, 3])
        #expect(
            try await connect("billing").value("select count(*) from model where id in (\(UUID.id(7)), \(UUID.id(8)))", as: Int.self) == 0)
    }

    /// The worker believes that there are no letters; it must not apply what has to wait behind one that the replay has brought.
    @Test func `a worker that holds the lane meanwhile parks behind the new letters`() async throws {
        try await prepare()
        try await Model.run(consumer, Model.archivist())
        let stop = StopSignal()
        let follow = Task { await WorkerRun.test([consumer], stop: stop).untilStopped() }
        try await Model.append(Array(1...60), from: 4)
        let billing = try await connect("billing")
        while try await billing.value("select min(last) from model", as: Int64.self) < 4 { await Task.yield() }
        #expect(try await billing.session { try CheckpointStore(consumer: "model", source: "organization").holder(in: $0) } != nil)
        poison.add(7, 1)
        try await Model.run(Model.archivist())
        let report = try await Model.replay(consumer)
        #expect(report.outcome == .replaced && report.lettersOnlyRebuilt == 4, "\(report)")
        try await Model.append([7, 8], from: 5)
        while try await billing.value("select last from model where id = \(UUID.id(8))", as: Int64.self) < 5 { await Task.yield() }
        stop.request()
        _ = await follow.value
        #expect(try await Model.letters().map { $0.split(separator: " ")[0] } == ["7#1", "7#2", "7#3", "7#4", "7#5"])
        #expect(try await billing.value("select count(*) from model where id = \(UUID.id(7))", as: Int.self) == 0)
    }

    @Test func `what was discarded is never applied`() async throws {
        try await prepare()
        poison.add(7, 2)
        try await Model.run(consumer, Model.archivist())
        var filter = DeadLetterFilter()
        filter.consumer = "model"
        filter.states = DeadLetterFilter.heads
        try await connect("billing").transaction { [filter] in _ = try DeadLetterDesk.discard(filter, in: $0) }
        try await Model.run(consumer)
        poison.remove(7, 2)
        #expect(try await Model.letters().isEmpty)
        #expect(try await Model.replay(consumer).outcome == .equal)
        #expect(try await Model.rows().contains { $0.hasPrefix(UUID.id(7).text) && $0.hasSuffix(" 3 1") })
    }

    @Test func `what is discarded meanwhile is no letter afterwards`() async throws {
        try await prepare()
        poison.add(7, 2)
        try await Model.run(consumer, Model.archivist())
        // The read model differs, so that there is something to replace.
        try await connect("billing", as: .owner).run("delete from model where id = '\(unsafeRaw: UUID.id(1).text)'")
        var during = consumer
        let signal = DiscardOnce()
        during.body = { chunk, _ in if chunk.events.contains(where: { $0.sequence == 3 }) { signal.discard() } }
        let report = try await Model.replay(during)
        #expect(report.outcome == .replaced)
        // The discarded one is gone, and what was parked behind it is next.
        try await Model.run(consumer)
        #expect(try await Model.letters().isEmpty)
        #expect(try await Model.rows().contains { $0.hasPrefix(UUID.id(7).text) && $0.hasSuffix(" 3 1") })
    }

    @Test func `what is discarded after the replay has applied it makes the replay begin again`() async throws {
        try await prepare()
        poison.add(7, 2)
        try await Model.run(consumer, Model.archivist())
        poison.remove(7, 2)
        var during = consumer
        let signal = DiscardOnce()
        during.body = { chunk, _ in if chunk.events.contains(where: { $0.sequence == 3 }) { signal.discard() } }
        let error = await #expect(throws: Failure.self) { try await Model.replay(during) }
        #expect(error?.code.name == "REPLAY_OVERTAKEN" && error?.code.exit == .tryAgain)
        try await Model.run(consumer)
        #expect(try await Model.replay(consumer).outcome == .equal)
    }
}
