import Kernel
import Postgres
import Testing

@testable import Outbox

/// What may go, decided without a database.
@Suite struct RetentionRuleTests {
    private static let epoch = Epoch(systemIdentifier: "1", timeline: 1, database: 1, outbox: 1)
    private static let cutoff = OperationContext.test.now
    private let partition = OutboxPartition(name: "p", lower: 1_001, upper: 2_001)
    private let old = RetentionRule.Contents(newest: Self.cutoff.advanced(by: .milliseconds(-1)), unseen: [])

    private static func reader(_ consumer: String, tail: [Int64] = [5_000], epoch: Epoch = Self.epoch) -> RetentionReader {
        let checkpoint = LaneCheckpoint(
            lo: Snapshot(xmin: Xid8(9), xmax: Xid8(9)), window: nil, position: 5_000, sequence: 1,
            tail: tail.map { .init(position: $0, id: .id(UInt64($0))) }, events: 1)
        return RetentionReader(consumer: consumer, head: .at(checkpoint, epoch))
    }

    private func rule(used: Int64 = 5_000, _ readers: [RetentionReader] = [reader("audit"), reader("billing")]) -> RetentionRule {
        RetentionRule(cutoff: Self.cutoff, used: used, epoch: Self.epoch, readers: readers)
    }

    @Test func `what all have passed and is old goes`() {
        #expect(rule().reasonToKeep(partition, holding: old) == nil)
        #expect(rule().reasonToKeep(partition, holding: .init(newest: nil, unseen: [])) == nil)
    }

    @Test func `a partition is past only when a position behind it has been handed out`() {
        #expect(rule(used: 2_000).reasonToKeep(partition, holding: old) == .inUse)
        #expect(rule(used: 2_001).reasonToKeep(partition, holding: old) == nil)
        #expect(rule(used: 0).reasonToKeep(partition, holding: old) == .inUse)
    }

    @Test func `a consumer that has not begun needs everything, as does one whose checkpoint says nothing about this source`() {
        let others = [
            Epoch(systemIdentifier: "2", timeline: 1, database: 1, outbox: 1),
            Epoch(systemIdentifier: "1", timeline: 2, database: 1, outbox: 1),
        ]
        for epoch in others {
            #expect(
                rule([Self.reader("audit"), Self.reader("billing", epoch: epoch)]).reasonToKeep(partition)
                    == .consumerIsInAnotherEpoch("billing"))
        }
        #expect(
            rule([Self.reader("audit"), RetentionReader(consumer: "billing", head: .none)]).reasonToKeep(partition)
                == .consumerHasNotStarted("billing"))
        #expect(
            rule([RetentionReader(consumer: "audit", head: .unreadable)]).reasonToKeep(partition) == .consumerIsInAnotherEpoch("audit"))
        #expect(rule([]).reasonToKeep(partition) == .noConsumer)
    }

    @Test func `the events that a checkpoint is recognized by stay`() {
        for (position, stays) in [(1_000, false), (1_001, true), (2_000, true), (2_001, false)] as [(Int64, Bool)] {
            let reason = rule([Self.reader("audit", tail: [position, 5_000])]).reasonToKeep(partition, holding: old)
            #expect(reason == (stays ? .consumerEndsHere("audit") : nil), "\(position)")
        }
    }

    @Test func `what one of them has not passed stays, and its name is told`() {
        #expect(rule().reasonToKeep(partition, holding: .init(newest: old.newest, unseen: [1])) == .consumerIsBehind("billing"))
        #expect(rule().reasonToKeep(partition, holding: .init(newest: old.newest, unseen: [0, 1])) == .consumerIsBehind("audit"))
    }

    @Test func `what is not older than the cutoff stays`() {
        #expect(rule().reasonToKeep(partition, holding: .init(newest: Self.cutoff, unseen: [])) == .young(newest: Self.cutoff))
    }
}
