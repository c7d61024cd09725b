public import Kernel
import Postgres

/// A range of positions that is dropped whole: from `lower` to below `upper`.
public struct OutboxPartition: Sendable, Hashable {
    public let name: String
    public let lower: Int64
    public let upper: Int64

    public init(name: String, lower: Int64, upper: Int64) {
        self.name = name
        self.lower = lower
        self.upper = upper
    }

    func contains(_ position: Int64) -> Bool { lower <= position && position < upper }
}

/// A consumer of an outbox, and how far its lane has come.
public struct RetentionReader: Sendable, Hashable {
    public enum Head: Sendable, Hashable {
        case at(LaneCheckpoint, Epoch)
        /// The lane has applied nothing yet.
        case none
        case unreadable
    }

    public let consumer: String
    public let head: Head

    public init(consumer: String, head: Head) {
        self.consumer = consumer
        self.head = head
    }
}

/// Why a partition stays.
public enum KeepReason: Sendable, Hashable {
    /// The next position, or one that has been handed out and may be on its way, belongs here.
    case inUse
    /// Nobody is known to read this outbox, which is more likely a mistake than a reason to drop anything.
    case noConsumer
    case consumerHasNotStarted(String)
    /// The consumer's checkpoint counts in another incarnation of the source, or in one that cannot be told.
    case consumerIsInAnotherEpoch(String)
    case consumerIsBehind(String)
    /// The consumer's checkpoint names events in it by which the lane recognizes its source.
    case consumerEndsHere(String)
    case young(newest: Timestamp)
    /// Only the oldest partitions go.
    case olderOneStays(String)
    /// An event was committed into it while it was about to go.
    case justWritten
    /// The lock could not be had.
    case busy
}

/// Decides which partitions of one outbox may go. Asks nothing.
struct RetentionRule: Sendable {
    /// All events of a partition that goes happened before.
    let cutoff: Timestamp
    /// The last position that was handed out.
    let used: Int64
    /// The source's, now.
    let epoch: Epoch
    let readers: [RetentionReader]

    /// What has to be looked up in a partition that may go.
    struct Contents: Sendable, Hashable {
        /// The time of its newest event; `nil` where it has none.
        let newest: Timestamp?
        /// The indexes, in ``passages``, of the consumers in whose snapshot some event of it is not visible.
        let unseen: Set<Int>
    }

    /// A consumer and the snapshot in which everything is done.
    struct Passage: Sendable, Hashable {
        let consumer: String
        let lo: Snapshot
    }

    /// Whose snapshots have to be looked at, once no consumer needs everything.
    var passages: [Passage] {
        readers.compactMap { reader in
            guard case .at(let checkpoint, _) = reader.head else { return nil }
            return Passage(consumer: reader.consumer, lo: checkpoint.lo)
        }
    }

    /// What needs no look into the partition.
    func reasonToKeep(_ partition: OutboxPartition) -> KeepReason? {
        if partition.upper > used { return .inUse }
        if readers.isEmpty { return .noConsumer }
        for reader in readers {
            switch reader.head {
            case .none: return .consumerHasNotStarted(reader.consumer)
            case .unreadable: return .consumerIsInAnotherEpoch(reader.consumer)
            case .at(_, let epoch):
                if epoch != self.epoch { return .consumerIsInAnotherEpoch(reader.consumer) }
            }
        }
        return nil
    }

    func reasonToKeep(_ partition: OutboxPartition, holding contents: Contents) -> KeepReason? {
        if let reason = reasonToKeep(partition) { return reason }
        if let first = contents.unseen.min() { return .consumerIsBehind(passages[first].consumer) }
        if let consumer = consumerEnding(in: partition) { return .consumerEndsHere(consumer) }
        if let newest = contents.newest, newest >= cutoff { return .young(newest: newest) }
        return nil
    }

    /// A lane that does not find the events that it applied last takes its source for a restored one.
    private func consumerEnding(in partition: OutboxPartition) -> String? {
        readers.first { reader in
            guard case .at(let checkpoint, _) = reader.head else { return false }
            return checkpoint.tail.contains { partition.contains($0.position) }
        }?.consumer
    }
}
