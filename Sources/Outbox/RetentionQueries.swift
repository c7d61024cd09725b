import Kernel
import Postgres

/// The statements of retention; the functions that they call are in `migrations/common/0005_outbox_drops.sql`.
enum RetentionQueries {
    /// Oldest first.
    static func partitions() -> Query<OutboxPartition> {
        Query("select name, lower, upper from outbox_partitions order by lower") {
            OutboxPartition(name: try $0.get(0), lower: try $0.get(1), upper: try $0.get(2))
        }
    }

    /// The last position that was handed out; 0 before the first.
    static func lastPosition() -> Query<Int64> {
        Query("select case when is_called then last_value else 0 end from outbox_position_seq") { try $0.get(0) }
    }

    /// The time of the event with the highest position: close to that of the newest, and found by a look at the index.
    static func lastTime(in partition: OutboxPartition) -> Query<Timestamp> {
        Query(
            """
            select time from outbox where position >= \(partition.lower) and position < \(partition.upper) order by position desc limit 1
            """
        ) { try $0.get(0) }
    }

    /// Which of the snapshots leave an event of the partition invisible, counted from 1; `nil` where the partition is gone.
    static func unseen(in partition: OutboxPartition, by snapshots: [Snapshot]) -> Query<[Int]?> {
        Query("select outbox_unseen(\(partition.name), \(snapshots))") { try $0.get(0) }
    }

    static func digest(of partition: OutboxPartition) -> Query<PartitionDigest> {
        Query("select events, hash, newest from outbox_digest(\(partition.lower), \(partition.upper))") {
            PartitionDigest(events: try $0.get(0), hash: try $0.get(1, as: Bytea.self).bytes, newest: try $0.get(2))
        }
    }

    enum DropOutcome: String, Sendable {
        case dropped, gone, needed
    }

    static func drop(
        _ partition: OutboxPartition, _ digest: PartitionDigest, passedBy passages: [RetentionRule.Passage], at now: Timestamp
    ) -> Query<DropOutcome> {
        Query(
            """
            select outbox_drop(\(partition.name), \(passages.map(\.consumer)), \(passages.map(\.lo)), \(digest.events), \(Bytea(digest.hash)),
                \(digest.newest), \(now))
            """
        ) { try $0.get(0) }
    }
}
