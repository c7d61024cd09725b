import FoundationEssentials
import Kernel
import Outbox
public import Postgres

/// What was verified, and what was found.
public struct AuditVerification: Sendable, Hashable, Codable {
    /// Entries that were looked at.
    public var entries: Int64
    /// Those of them that the sequencer has not been at.
    public var withoutLeaf: Int64
    /// The number of leaves.
    public var treeSize: Int64
    /// The root of the newest head in lower-case hexadecimal; `nil` where there is none.
    public var rootHash: String?
    /// Stored heads that were compared.
    public var heads: Int64
    /// Heads kept elsewhere that were compared; `nil` where none were given.
    public var keptHeads: Int?
    /// That the log goes on from the newest of those.
    public var consistency: ConsistencyProof?
    /// What was compared with the outboxes; `nil` where that was not asked for.
    public var completeness: [SourceCompleteness]?
    /// The first of them.
    public var findings: [AuditFinding]
    public var findingCount: Int

    /// Adds what another look has found.
    public mutating func add(_ found: AuditFindings) {
        var all = AuditFindings()
        for finding in findings { all.add(finding) }
        all.add(found)
        findings = all.first
        findingCount += found.count
    }
}

/// Recomputes the log.
public enum AuditVerifier {
    private static let leavesAtOnce: Int64 = 4_000
    private static let runsAtOnce = 1_000

    /// Computes hashes, leaves and heads anew, and compares them with what is stored.
    ///
    /// The caller's transaction sees one moment and changes nothing.
    ///
    /// - Parameter sources: all services: an entry of anything else was put there.
    /// - Parameter kept: heads that were kept elsewhere.
    public static func verify(
        sources: [String], against kept: [TreeHead] = [], in session: Session
    ) throws -> AuditVerification {
        let newest = try session.first(VerificationQueries.newestHead())
        var walk = TreeWalk(kept: kept, newest: newest)
        var entries: Int64 = 0
        var lastLeaf = Int64.min
        while true {
            let runs = try session.all(VerificationQueries.runs(after: lastLeaf, limit: runsAtOnce))
            guard let last = runs.last else { break }
            lastLeaf = last.firstLeaf
            for pieces in cut(runs) { entries += try verify(pieces, &walk, in: session) }
        }
        let consistency = walk.finish()
        let withoutLeaf = try verifyRest(sources: sources, &walk, in: session)
        return AuditVerification(
            entries: entries + withoutLeaf, withoutLeaf: withoutLeaf, treeSize: walk.leaf, rootHash: newest?.root.hexadecimal,
            heads: walk.heads, keptHeads: kept.isEmpty ? nil : kept.count, consistency: consistency, completeness: nil,
            findings: walk.findings.first, findingCount: walk.findings.count)
    }

    /// Reads the hashes of all leaves in their order.
    ///
    /// - Throws: ``AuditError/leavesDamaged(leaf:)``.
    static func readLeaves(in session: Session, _ body: (_ hash: [UInt8], _ leaf: Int64) -> Void) throws {
        var lastLeaf = Int64.min
        while true {
            let runs = try session.all(VerificationQueries.runs(after: lastLeaf, limit: runsAtOnce))
            guard let last = runs.last else { return }
            lastLeaf = last.firstLeaf
            for pieces in cut(runs) {
                for (piece, hashes) in zip(pieces, try hashes(of: pieces, in: session)) {
                    for index in 0..<piece.count {
                        let start = Int(index) * 32
                        body(Array(hashes[start..<start + 32]), piece.run.firstLeaf &+ piece.offset &+ index)
                    }
                }
            }
        }
    }

    private static func hashes(of pieces: [VerificationQueries.Piece], in session: Session) throws -> [[UInt8]] {
        let hashes = try session.all(VerificationQueries.hashes(of: pieces))
        guard hashes.count == pieces.count, zip(hashes, pieces).allSatisfy({ $0.count == $1.count * 32 }) else {
            throw AuditError.leavesDamaged(leaf: pieces.first.map { $0.run.firstLeaf &+ $0.offset } ?? 0)
        }
        return hashes
    }

    /// Pieces of runs, so many at once as are held together.
    private static func cut(_ runs: [TreeWalk.Run]) -> [[VerificationQueries.Piece]] {
        var groups: [[VerificationQueries.Piece]] = [[]]
        var room = leavesAtOnce
        for run in runs {
            var offset: Int64 = 0
            repeat {
                if room == 0 {
                    groups.append([])
                    room = leavesAtOnce
                }
                let count = min(room, run.leaves - offset)
                groups[groups.count - 1].append(VerificationQueries.Piece(run: run, offset: offset, count: count))
                offset += count
                room -= count
            } while offset < run.leaves
        }
        return groups
    }

    /// - Returns: how many entries there are.
    private static func verify(_ pieces: [VerificationQueries.Piece], _ walk: inout TreeWalk, in session: Session) throws -> Int64 {
        let end = pieces.map { $0.run.firstLeaf &+ $0.offset &+ $0.count }.max() ?? 0
        walk.expect(try session.all(VerificationQueries.heads(above: walk.leaf, upTo: max(end, walk.leaf))))
        var reading = PieceReading(pieces: pieces, hashes: try hashes(of: pieces, in: session))
        try session.stream(VerificationQueries.entries(of: pieces)) { reading.take($0, &walk) }
        reading.finish(&walk)
        return reading.entries
    }

    /// Entries that have no leaf yet are dense and whole like the others, and as many as their lane has brought; all else has no business here.
    ///
    /// - Returns: how many wait for a leaf.
    private static func verifyRest(sources: [String], _ walk: inout TreeWalk, in session: Session) throws -> Int64 {
        for stranger in try session.all(VerificationQueries.sources()) where !sources.contains(stranger) {
            try session.stream(VerificationQueries.entries(of: stranger, from: .min)) { walk.stray($0, of: stranger) }
        }
        var count: Int64 = 0
        for source in sources {
            let brought = try CheckpointStore(consumer: "audit", source: source).head(in: session)?.checkpoint.events ?? 0
            try session.stream(VerificationQueries.entriesBelowOne(of: source)) { walk.stray($0, of: source) }
            var next = walk.nextOrdinal[source, default: 1]
            if next &- 1 > brought {
                walk.add(
                    AuditFinding(
                        .entryStray, "\(source) has leaves of \(next &- 1) entries, and its lane has brought \(brought)", source: source,
                        ordinal: brought &+ 1))
            }
            try session.stream(VerificationQueries.entries(of: source, from: next)) { entry in
                if entry.ordinal > next { walk.add(gone(next...entry.ordinal - 1, of: source)) }
                if entry.ordinal < next || entry.ordinal > brought {
                    walk.stray(entry, of: source)
                } else if let wrong = TreeWalk.problem(with: entry, of: source, leaf: nil) {
                    walk.add(wrong)
                }
                next = max(next, entry.ordinal &+ 1)
                count += 1
            }
            if next <= brought { walk.add(gone(next...brought, of: source)) }
        }
        return count
    }

    private static func gone(_ ordinals: ClosedRange<Int64>, of source: String) -> AuditFinding {
        let what =
            ordinals.lowerBound == ordinals.upperBound
            ? "entry \(ordinals.lowerBound) of \(source) is gone"
            : "entries \(ordinals.lowerBound) to \(ordinals.upperBound) of \(source) are gone"
        return AuditFinding(.entryMissing, what, source: source, ordinal: ordinals.lowerBound)
    }
}

/// Puts the entries of some pieces beside their leaves.
private struct PieceReading {
    let pieces: [VerificationQueries.Piece]
    let hashes: [[UInt8]]
    private(set) var entries: Int64 = 0
    /// The next leaf: which piece, and which of its leaves.
    private var piece = 0
    private var offset: Int64 = 0

    init(pieces: [VerificationQueries.Piece], hashes: [[UInt8]]) {
        self.pieces = pieces
        self.hashes = hashes
    }

    mutating func take(_ found: VerificationQueries.PlacedEntry, _ walk: inout TreeWalk) {
        entries += 1
        let ordinal = found.entry.ordinal
        while piece < found.piece || piece == found.piece && pieces[piece].firstOrdinal &+ offset < ordinal { pass(nil, &walk) }
        guard piece == found.piece, pieces[piece].firstOrdinal &+ offset == ordinal else {
            return walk.stray(found.entry, of: pieces[found.piece].run.source)
        }
        pass(found.entry, &walk)
    }

    mutating func finish(_ walk: inout TreeWalk) {
        while piece < pieces.count { pass(nil, &walk) }
    }

    private mutating func pass(_ entry: TreeWalk.Entry?, _ walk: inout TreeWalk) {
        let current = pieces[piece]
        if offset == 0, current.offset == 0 { walk.begin(current.run) }
        if offset < current.count {
            let start = Int(offset) * 32
            walk.take(
                entry, at: current.firstOrdinal &+ offset, of: current.run.source, hash: hashes[piece][start..<start + 32])
            offset += 1
        }
        if offset >= current.count {
            piece += 1
            offset = 0
        }
    }
}
