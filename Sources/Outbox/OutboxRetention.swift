public import Kernel
public import Postgres

/// Drops the partitions of an outbox that nobody needs any more. docs/outbox.md says which those are.
public struct OutboxRetention: Sendable {
    private let readers: [RetentionReader]
    private let cutoff: Timestamp
    private let now: Timestamp
    private let patience: RetentionPatience

    /// - Parameter readers: everybody who reads this outbox, as of now or earlier: heads only move on.
    /// - Parameter cutoff: a partition goes only if all its events happened before.
    /// - Parameter now: the instant that the record of a drop bears.
    public init(readers: [RetentionReader], cutoff: Timestamp, now: Timestamp, patience: RetentionPatience = .standard) {
        self.readers = readers
        self.cutoff = cutoff
        self.now = now
        self.patience = patience
    }

    /// Drops from the oldest partition on, up to the first that has to stay; each in a transaction of its own.
    ///
    /// Producers wait behind each attempt for 50 ms at most, and for the moment of the drop itself.
    ///
    /// - Parameter source: a connection of this call's own: it is made to read by indexes.
    /// - Parameter dryRun: look, count and compute, but drop nothing.
    /// - Parameter report: told of each partition, oldest first, once its fate is known. What was reported as dropped is dropped, even if
    ///   an error follows.
    /// - Throws: ``LaneStop/readingFromStandby``, or `PostgresError`. A lock that cannot be had is no error but ``KeepReason/busy``.
    public func prune(_ source: Connection, dryRun: Bool = false, report: (PartitionFate) throws -> Void) async throws {
        let reader = WindowReader(source: "")
        let readers = readers
        let cutoff = cutoff
        let (rule, partitions) = try await source.session { session in
            try reader.prepare(session)
            let (epoch, _) = try reader.identify([], in: session)
            let (used, partitions) = try session.pipeline(RetentionQueries.lastPosition(), RetentionQueries.partitions())
            return (RetentionRule(cutoff: cutoff, used: used.rows.first ?? 0, epoch: epoch, readers: readers), partitions.rows)
        }
        var staying: String?
        for partition in partitions {
            let fate: PartitionFate
            if let staying {
                fate = PartitionFate(partition, .kept(rule.reasonToKeep(partition) == .inUse ? .inUse : .olderOneStays(staying)))
            } else {
                fate = try await decide(partition, by: rule, on: source, dryRun: dryRun)
            }
            if case .kept = fate.action, staying == nil { staying = partition.name }
            try report(fate)
        }
    }

    private func decide(
        _ partition: OutboxPartition, by rule: RetentionRule, on source: Connection, dryRun: Bool
    ) async throws -> PartitionFate {
        if let reason = rule.reasonToKeep(partition) { return PartitionFate(partition, .kept(reason)) }
        let passages = rule.passages
        let contents = try await source.session { session -> RetentionRule.Contents? in
            guard let unseen = try session.one(RetentionQueries.unseen(in: partition, by: passages.map(\.lo))) else { return nil }
            let newest = try session.first(RetentionQueries.lastTime(in: partition))
            return RetentionRule.Contents(newest: newest, unseen: Set(unseen.map { $0 - 1 }))
        }
        guard let contents else { return PartitionFate(partition, .gone) }
        if let reason = rule.reasonToKeep(partition, holding: contents) { return PartitionFate(partition, .kept(reason)) }
        // Reads the whole partition, hence last, and before there is any lock.
        let digest = try await source.session { try $0.one(RetentionQueries.digest(of: partition)) }
        let whole = RetentionRule.Contents(newest: digest.newest, unseen: [])
        if let reason = rule.reasonToKeep(partition, holding: whole) { return PartitionFate(partition, .kept(reason), digest) }
        if dryRun { return PartitionFate(partition, .wouldDrop, digest) }
        return try await drop(partition, digest, passedBy: passages, on: source)
    }

    private func drop(
        _ partition: OutboxPartition, _ digest: PartitionDigest, passedBy passages: [RetentionRule.Passage], on source: Connection
    ) async throws -> PartitionFate {
        let drop = RetentionQueries.drop(partition, digest, passedBy: passages, at: now)
        for attempt in 1...patience.attempts {
            do {
                switch try await source.session({ try $0.one(drop) }) {
                case .dropped: return PartitionFate(partition, .dropped, digest)
                case .gone: return PartitionFate(partition, .gone)
                case .needed: return PartitionFate(partition, .kept(.justWritten), digest)
                }
            } catch let error as PostgresError where error.sqlState == .lockNotAvailable {
                if attempt < patience.attempts { try await Task.sleep(for: patience.longestPause * Double.random(in: 0...1)) }
            }
        }
        return PartitionFate(partition, .kept(.busy), digest)
    }
}

/// How often, and at which distance, a partition's lock is tried for.
public struct RetentionPatience: Sendable {
    public let attempts: Int
    /// Each pause is random up to it, so that rivals do not meet again and those who queued up get through in between.
    public let longestPause: Duration

    /// - Parameter attempts: at least one.
    public init(attempts: Int, longestPause: Duration) {
        self.attempts = max(1, attempts)
        self.longestPause = longestPause
    }

    public static let standard = RetentionPatience(attempts: 20, longestPause: .milliseconds(400))
}

/// What lies in a partition: what is recorded of it when it goes.
public struct PartitionDigest: Sendable, Hashable {
    public let events: Int64
    /// SHA-256 over the positions and hashes of its events, in blocks (docs/outbox.md, "Retention").
    public let hash: [UInt8]
    public let newest: Timestamp?
}

/// What became of a partition.
public struct PartitionFate: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        case dropped
        /// A dry run's word for it.
        case wouldDrop
        /// Another run dropped it at the same time.
        case gone
        case kept(KeepReason)
    }

    public let partition: OutboxPartition
    public let action: Action
    /// `nil` where it did not come to counting.
    public let digest: PartitionDigest?

    init(_ partition: OutboxPartition, _ action: Action, _ digest: PartitionDigest? = nil) {
        self.partition = partition
        self.action = action
        self.digest = digest
    }
}
