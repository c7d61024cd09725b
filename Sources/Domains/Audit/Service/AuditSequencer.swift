import AuditEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// Gives entries their final, dense places in the Merkle tree, a bounded batch per transaction.
struct AuditSequencer: Sendable {
    let sources: [String]
    var batchSize = 10_000

    /// Holds the sequencer's lock until the transaction ends; does nothing while somebody else has it.
    func run(in session: Session, now: Timestamp) throws -> Settlement {
        guard try session.one(AuditQueries.trySequencerLock()) else { return .nothing }
        let head = try session.first(AuditQueries.head())
        guard var tree = MerkleFrontier(size: head?.size ?? 0, subtrees: head?.frontier ?? []) else {
            throw AuditError.treeHeadDamaged(size: head?.size ?? 0)
        }
        let entries = try session.all(AuditQueries.unsequenced(sources: sources, limit: batchSize))
        guard !entries.isEmpty else { return .nothing }
        _ = try session.copyIn(AuditQueries.copyLeaves) { writer in
            for entry in entries {
                let leaf = AuditLeaf.bytes(source: entry.source, position: entry.position, eventHash: entry.hash)
                let hash = MerkleFrontier.leafHash(of: leaf)
                try writer.row { row in
                    row.append(tree.size)
                    row.append(entry.source)
                    row.append(entry.ordinal)
                    row.append(Bytea(hash))
                }
                tree.append(hash)
            }
        }
        // A head that tells of nothing but earlier heads would cause the next one, and so on for ever.
        let isNews = entries.contains { EventType($0.type)?.name != AuditHeadPublished.eventType.name }
        let sequence = (head?.eventSequence ?? 0) + (isNews ? 1 : 0)
        try session.run(AuditQueries.insertHead(tree, eventSequence: sequence, at: now))
        let published = AuditHeadPublished(treeSize: tree.size, rootHash: tree.root.hexadecimal)
        return Settlement(
            rows: entries.count, hasMore: entries.count == batchSize,
            events: isNews ? [try PendingEvent(published, subject: AuditHeadPublished.logId, sequence: sequence, organization: nil)] : [])
    }
}
