public import FoundationEssentials
import Kernel
import Outbox
public import Postgres

/// That an event is in a log, for who has no database: the entry with all that its hash is made of, the path to the root (RFC 9162, section
/// 2.1.3), and the signed head that has the root.
public struct InclusionProof: Sendable, Hashable, Codable {
    public let entry: ExportedEntry
    /// The number of leaves that the head has.
    public let treeSize: Int64
    /// Hashes in lower-case hexadecimal, from the leaf to the root.
    public let path: [String]
    /// A C2SP checkpoint.
    public let checkpoint: String

    public init(entry: ExportedEntry, treeSize: Int64, path: [[UInt8]], checkpoint: SignedNote) {
        self.entry = entry
        self.treeSize = treeSize
        self.path = path.map(\.hexadecimal)
        self.checkpoint = checkpoint.encoded
    }

    /// Why it proves nothing.
    public enum Flaw: Error, Sendable, Hashable {
        case noCheckpoint
        case otherSize
        /// The entry does not have the hash that it names.
        case otherHash
        case noPath
    }

    /// Whether it holds together: the entry gives the hash, and the hash and the path the root of the head.
    ///
    /// - Returns: the head, and the note that it comes from, whose signatures nobody has looked at yet.
    public func check() throws(Flaw) -> (head: TreeHead, note: SignedNote) {
        guard let note = SignedNote(checkpoint), let head = TreeHead(note.text) else { throw .noCheckpoint }
        guard head.size == treeSize else { throw .otherSize }
        let event = entry.recomputed
        guard event.hash.hexadecimal == entry.hash else { throw .otherHash }
        let path = path.compactMap(Hash.init)
        guard let leaf = entry.leaf, path.count == self.path.count, entry.source.utf8.count <= 255,
            MerkleProof.root(leafHash: event.leafHash, at: leaf, in: treeSize, path: path.map(\.bytes)) == head.root
        else { throw .noPath }
        return (head, note)
    }

    private struct Hash {
        let bytes: [UInt8]

        init?(_ text: String) {
            let digits = text.compactMap(\.hexDigitValue)
            guard digits.count == 64, text.count == 64 else { return nil }
            bytes = stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }
}

extension StoredEvent {
    /// Of its entry.
    var leafHash: [UInt8] {
        MerkleFrontier.leafHash(of: AuditLeaf.bytes(source: source, position: position, eventHash: hash))
    }
}

/// Reads heads and proofs out of the stored tree.
public enum AuditProver {
    /// The newest head.
    ///
    /// - Throws: ``AuditError/empty``, ``AuditError/treeHeadDamaged(size:)``.
    public static func head(origin: String, in session: Session) throws -> TreeHead {
        guard let head = try session.first(VerificationQueries.newestHead()) else { throw AuditError.empty }
        guard MerkleFrontier(size: head.size, subtrees: head.frontier)?.root == head.root else {
            throw AuditError.treeHeadDamaged(size: head.size)
        }
        return TreeHead(origin: origin, size: head.size, root: head.root)
    }

    /// - Throws: ``AuditError/headContradicted(size:)`` where a head that was signed before is not one of the stored heads.
    public static func confirm(_ earlier: TreeHead, in session: Session) throws {
        guard try session.first(VerificationQueries.root(ofSize: earlier.size)) == earlier.root else {
            throw AuditError.headContradicted(size: earlier.size)
        }
    }

    /// The entry of an event.
    ///
    /// - Throws: ``AuditError/unknownEvent(_:)``, ``AuditError/noLeaf(_:)``.
    public static func record(of event: UUID, in session: Session) throws -> AuditRecord {
        let found =
            try session.first(AuditQueries.record(of: event, at: event.version7Instants))
            ?? session.first(AuditQueries.record(of: event, at: nil))
        guard let found else { throw AuditError.unknownEvent(event) }
        guard found.leaf != nil else { throw AuditError.noLeaf(event) }
        return found
    }

    /// The path from an entry's leaf to the root. Reads all leaves, in memory that does not grow with them.
    ///
    /// - Throws: ``AuditError/unprovable(leaf:)`` where it does not lead to the head's root.
    public static func path(of record: AuditRecord, to head: TreeHead, in session: Session) throws -> [[UInt8]] {
        guard let leaf = record.leaf, leaf >= 0, leaf < head.size else { throw AuditError.noLeaf(record.event.id) }
        var subtrees = SubtreeRoots(of: MerkleProof.inclusion(of: leaf, in: head.size))
        try AuditVerifier.readLeaves(in: session) { subtrees.append($0, at: $1) }
        guard let path = subtrees.roots,
            MerkleProof.root(leafHash: record.event.leafHash, at: leaf, in: head.size, path: path) == head.root
        else { throw AuditError.unprovable(leaf: leaf) }
        return path
    }
}

extension UUID {
    /// The millisecond that an id of version 7 names (RFC 9562, section 5.7); `nil` for others.
    fileprivate var version7Instants: Range<Timestamp>? {
        guard bytes[6] >> 4 == 7 else { return nil }
        let milliseconds = bytes[..<6].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        // Events of the first day of all are not worth an overflow.
        guard milliseconds < Int64.max / 2_000 else { return nil }
        return Timestamp(microseconds: milliseconds * 1_000)..<Timestamp(microseconds: (milliseconds + 1) * 1_000)
    }
}
