import FoundationEssentials
import Kernel
import Outbox

/// Walks over the leaves of the stored tree once, with their entries, and compares it with the one that they make. Without any I/O, and in memory
/// that does not grow with the log.
///
/// The tree is computed from the stored hashes of the leaves, each of which is compared with its entry. So an entry that was altered is one
/// finding, and heads are found where leaves, or they themselves, were exchanged as well. Numbers wrap instead of trapping: what is stored may be
/// anything.
struct TreeWalk: Sendable {
    /// Leaves that follow each other, as they are stored.
    struct Run: Sendable {
        let firstLeaf: Int64
        let source: String
        let firstOrdinal: Int64
        let entries: Int64
        let hashBytes: Int64

        /// How many leaves it really has.
        var leaves: Int64 { hashBytes / 32 }
    }

    /// A stored head.
    struct Head: Sendable {
        let size: Int64
        let root: [UInt8]
        let frontier: [[UInt8]]
    }

    /// An entry as it was found.
    struct Entry: Sendable {
        let ordinal: Int64
        let position: Int64
        let id: UUID
        /// `nil` where a value is none that an event has.
        let event: StoredEvent?
    }

    private(set) var findings = AuditFindings()
    /// The number of the next leaf.
    private(set) var leaf: Int64 = 0
    private(set) var heads: Int64 = 0
    /// The number of the next entry of each source.
    private(set) var nextOrdinal: [String: Int64] = [:]
    /// `nil` behind a gap, until a stored head tells how to go on.
    private var tree: MerkleFrontier? = MerkleFrontier()
    /// The size of the last head that fits.
    private var sound: Int64 = 0
    private var waiting: ArraySlice<Head> = []
    private var kept: ArraySlice<TreeHead>
    private var subtrees: SubtreeRoots?
    private let newestKept: TreeHead?
    private let newest: Head?

    /// - Parameter kept: heads that were kept elsewhere.
    /// - Parameter newest: the stored head with the most leaves.
    init(kept: [TreeHead], newest: Head?) {
        let sorted = kept.sorted { $0.size < $1.size }
        self.kept = sorted[...]
        self.newest = newest
        newestKept = sorted.last
        if let last = sorted.last, let newest, last.size <= newest.size {
            subtrees = SubtreeRoots(of: MerkleProof.consistency(of: last.size, with: newest.size))
        }
        meetKept()
    }

    /// Stored heads that come next, by their size.
    mutating func expect(_ heads: [Head]) {
        waiting += heads
    }

    mutating func begin(_ run: Run) {
        if run.firstLeaf > leaf { skip(to: run.firstLeaf) }
        if run.firstLeaf < leaf {
            findings.add(
                AuditFinding(
                    .leafAltered, "leaves that begin at \(run.firstLeaf) stand where leaf \(leaf) has to follow", leaf: leaf,
                    source: run.source))
        }
        if run.hashBytes != run.entries * 32 {
            findings.add(
                AuditFinding(
                    .leafAltered, "the leaves from \(leaf) on are said to be \(run.entries) and have \(run.hashBytes) bytes", leaf: leaf,
                    source: run.source))
        }
        let expected = nextOrdinal[run.source, default: 1]
        if run.firstOrdinal > expected {
            findings.add(
                AuditFinding(
                    .leafMissing, "entries \(expected) to \(run.firstOrdinal - 1) of \(run.source) have no leaf, and later ones do",
                    source: run.source, ordinal: expected))
        } else if run.firstOrdinal < expected {
            findings.add(
                AuditFinding(
                    .leafAltered, "entry \(run.firstOrdinal) of \(run.source) has a second leaf, \(leaf)", leaf: leaf, source: run.source,
                    ordinal: run.firstOrdinal))
        }
        nextOrdinal[run.source] = run.firstOrdinal &+ run.leaves
    }

    /// Takes the next leaf.
    ///
    /// - Parameter entry: `nil` where there is none.
    /// - Parameter hash: as it is stored.
    mutating func take(_ entry: Entry?, at ordinal: Int64, of source: String, hash: ArraySlice<UInt8>) {
        let hash = Array(hash)
        if let entry {
            judge(entry, of: source, hash)
        } else {
            findings.add(
                AuditFinding(
                    .entryMissing, "entry \(ordinal) of \(source) is gone; its leaf is \(leaf)", leaf: leaf, source: source,
                    ordinal: ordinal))
        }
        tree?.append(hash)
        subtrees?.append(hash, at: leaf)
        leaf &+= 1
        meetHeads()
        meetKept()
    }

    private mutating func judge(_ entry: Entry, of source: String, _ hash: [UInt8]) {
        if let wrong = Self.problem(with: entry, of: source, leaf: leaf) { return findings.add(wrong) }
        guard let event = entry.event, source.utf8.count <= 255,
            MerkleFrontier.leafHash(of: AuditLeaf.bytes(source: source, position: entry.position, eventHash: event.hash)) == hash
        else {
            findings.add(
                AuditFinding(
                    .leafAltered,
                    "entry \(entry.ordinal) of \(source), event \(entry.id.text), is not the one that leaf \(leaf) was made of",
                    leaf: leaf, source: source, ordinal: entry.ordinal, position: entry.position, id: entry.id))
            return
        }
    }

    /// - Returns: `nil` where the entry is what its hash was taken over.
    static func problem(with entry: Entry, of source: String, leaf: Int64?) -> AuditFinding? {
        let place = "entry \(entry.ordinal) of \(source), event \(entry.id.text),"
        guard let event = entry.event else {
            return AuditFinding(
                .entryAltered, "\(place) has values that no event has", leaf: leaf, source: source, ordinal: entry.ordinal,
                position: entry.position, id: entry.id)
        }
        guard EventHash.hash(of: event) != event.hash else { return nil }
        return AuditFinding(
            .entryAltered, "\(place) is not what its hash was taken over", leaf: leaf, source: source, ordinal: entry.ordinal,
            position: entry.position, id: entry.id)
    }

    /// An entry that lies where the log has none.
    mutating func stray(_ entry: Entry, of source: String) {
        findings.add(
            AuditFinding(
                .entryStray, "entry \(entry.ordinal) of \(source), event \(entry.id.text), lies where the log has none", source: source,
                ordinal: entry.ordinal, position: entry.position, id: entry.id))
    }

    mutating func add(_ finding: AuditFinding) {
        findings.add(finding)
    }

    /// Ends the walk behind the last leaf.
    ///
    /// - Returns: the proof that the log goes on from the newest kept head; `nil` without one, and where it does not.
    mutating func finish() -> ConsistencyProof? {
        if let newest, newest.size > leaf {
            findings.add(
                AuditFinding(
                    .leafMissing, "the newest head has \(newest.size) leaves, and there are \(leaf)", leaf: leaf))
        } else if newest?.size ?? 0 < leaf {
            findings.add(
                AuditFinding(
                    .headMissing, "there are \(leaf) leaves, and the newest head has \(newest?.size ?? 0)", leaf: newest?.size ?? 0))
        }
        for head in kept {
            findings.add(
                AuditFinding(
                    .cutOff, "a kept head has \(head.size) leaves, and the log has \(leaf): its end was cut off", leaf: leaf))
        }
        guard let newestKept, let newest, let path = subtrees?.roots,
            MerkleProof.isConsistent(newestKept.size, newestKept.root, with: newest.size, newest.root, path: path)
        else { return nil }
        return ConsistencyProof(from: newestKept.size, to: newest.size, path: path.map(\.hexadecimal))
    }

    private mutating func skip(to next: Int64) {
        findings.add(
            AuditFinding(
                .leafMissing, next - 1 == leaf ? "leaf \(leaf) is gone" : "leaves \(leaf) to \(next - 1) are gone", leaf: leaf))
        leaf = next
        tree = nil
        meetHeads()
        while let head = kept.first, head.size < leaf {
            kept.removeFirst()
            findings.add(
                AuditFinding(
                    .headContradicted, "the leaves that a kept head of size \(head.size) has are not all there", leaf: head.size))
        }
    }

    private mutating func meetHeads() {
        while let head = waiting.first, head.size <= leaf {
            waiting.removeFirst()
            if head.size == leaf { judge(head) }
        }
    }

    private mutating func judge(_ head: Head) {
        heads += 1
        let stored = MerkleFrontier(size: head.size, subtrees: head.frontier)
        if let tree, tree.root == head.root, tree == stored {
            sound = leaf
            return
        }
        // Behind a gap a head that fits itself is all that there is to go by.
        if tree != nil || stored?.root != head.root {
            let place = sound + 1 == head.size ? "leaf \(sound)" : "leaves \(sound) to \(head.size - 1)"
            findings.add(
                AuditFinding(
                    .headAltered, "the head of size \(head.size) is not that of its leaves: it was changed, or \(place) were",
                    leaf: sound))
        }
        // From here on as it is stored, so that what was changed later is found by itself.
        if let stored, stored.root == head.root { tree = stored }
        sound = leaf
    }

    private mutating func meetKept() {
        while let head = kept.first, head.size == leaf {
            kept.removeFirst()
            if let tree, tree.root != head.root {
                findings.add(
                    AuditFinding(
                        .headContradicted, "a kept head of size \(head.size) has another root: the log was written anew", leaf: head.size))
            }
        }
    }
}

/// That a tree is the beginning of another (RFC 9162, section 2.1.4), for who has both roots.
public struct ConsistencyProof: Sendable, Hashable, Codable {
    public let from: Int64
    public let to: Int64
    /// Hashes in lower-case hexadecimal.
    public let path: [String]

    public init(from: Int64, to: Int64, path: [String]) {
        self.from = from
        self.to = to
        self.path = path
    }
}
