import AuditEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// Gives entries their final, dense places in the Merkle tree, a bounded batch per transaction.
struct AuditSequencer: Sendable {
    let sources: [String]
    var batchSize = 10_000

    /// Together they cost less each, and more of them would make every search read a longer list.
    private static let entriesBetweenPlacings: Int64 = 5_000

    /// Holds the sequencer's lock until the transaction ends, or leaves the work to whoever holds it.
    ///
    /// Leaving it loses nothing: entries that this worker has made were committed before it found the lock taken, and who holds it looks once
    /// more after letting go. Entries that come after that look are of a worker that finds the lock free. Where the holder dies first, they are
    /// for the next run.
    ///
    /// - Throws: ``SettlingElsewhere``.
    func run(in session: Session, now: Timestamp) throws -> Settlement {
        // A statement of its own: what follows must see what the holder before has committed.
        guard let isHeld = try session.one(AuditQueries.takeSequencer(sources: sources)) else { return .nothing }
        guard isHeld else { throw SettlingElsewhere() }
        let head = try session.first(AuditQueries.head())
        guard var tree = MerkleFrontier(size: head?.size ?? 0, subtrees: head?.frontier ?? []) else {
            throw AuditError.treeHeadDamaged(size: head?.size ?? 0)
        }
        let entries = try session.all(AuditQueries.unsequenced(sources: sources, limit: batchSize))
        // Done by the holder before, since this looked. Others may have left theirs to us all the same.
        guard !entries.isEmpty else { return Settlement(rows: 0, hasMore: true, events: []) }
        var runs: [AuditQueries.Run] = []
        for entry in entries {
            let hash = MerkleFrontier.leafHash(
                of: AuditLeaf.bytes(source: entry.source, position: entry.position, eventHash: entry.hash))
            if runs.last?.source != entry.source {
                runs.append(
                    AuditQueries.Run(firstLeaf: tree.size, source: entry.source, firstOrdinal: entry.ordinal, entries: 0, hashes: []))
            }
            runs[runs.count - 1].entries += 1
            runs[runs.count - 1].hashes += hash
            tree.append(hash)
        }
        try session.run(AuditQueries.insertRuns(runs))
        // A head that tells of nothing but earlier heads would cause the next one, and so on for ever.
        let isNews = entries.contains { EventType($0.type)?.name != AuditHeadPublished.eventType.name }
        let sequence = (head?.eventSequence ?? 0) + (isNews ? 1 : 0)
        try session.run(AuditQueries.insertHead(tree, eventSequence: sequence, at: now))
        if tree.size / Self.entriesBetweenPlacings > (head?.size ?? 0) / Self.entriesBetweenPlacings {
            _ = try session.one(AuditQueries.placeKeys())
        }
        let published = AuditHeadPublished(treeSize: tree.size, rootHash: tree.root.hexadecimal)
        return Settlement(
            rows: entries.count, hasMore: true,
            events: isNews ? [try PendingEvent(published, subject: AuditHeadPublished.logId, sequence: sequence, organization: nil)] : [])
    }
}
