import Cryptography
import FoundationEssentials
import Kernel
public import Outbox
public import Postgres

/// What was compared of one source.
public struct SourceCompleteness: Sendable, Hashable, Codable {
    public let source: String
    /// Entries of the log.
    public let entries: Int64
    /// Events of the outbox that the log's lane has passed.
    public let events: Int64
    /// Events in partitions that were dropped, as recorded.
    public let dropped: Int64
    /// Entries whose events the source has lost in a restore, as far as its own record of that tells.
    public internal(set) var lost: Int64
}

/// How far the log has come with one source; what it has of it up to there does not change any more.
public struct AuditReach: Sendable {
    public let source: String
    /// What its lane has passed; `nil` where it has not begun.
    public let head: (checkpoint: LaneCheckpoint, epoch: Epoch)?
    /// The number of its last entry.
    public let entries: Int64
}

/// What a source says about the events that the log has to have.
public struct SourceCensus: Sendable {
    public let drops: [DroppedPartition]
    public let rebases: [RebaseTrace]
    /// Of what is still there.
    public let blocks: [EventBlock]

    public init(drops: [DroppedPartition], rebases: [RebaseTrace], blocks: [EventBlock]) {
        self.drops = drops
        self.rebases = rebases
        self.blocks = blocks
    }
}

/// Compares the log with an outbox: every event that the log's lane has passed has one entry with the same hash, and every entry an event.
public enum AuditCensus {
    /// Blocks that are looked into, event by event.
    public static let mostBlocks = 20

    /// How far the log has come. The caller's transaction sees one moment.
    public static func reach(into source: String, in session: Session) throws -> AuditReach {
        AuditReach(
            source: source, head: try CheckpointStore(consumer: "audit", source: source).head(in: session),
            entries: try session.one(AuditQueries.lastOrdinal(source: source)))
    }

    /// Counts the entries of a source, in the database of the log.
    ///
    public static func compare(_ census: SourceCensus, with reach: AuditReach, in session: Session) throws -> Comparison {
        var count = EntryCount(census)
        try session.stream(CensusQueries.entries(of: reach.source, upTo: reach.entries)) { count.add($0.position, $0.hash) }
        return count.finish(reach)
    }

    /// What was compared, and where the two differ.
    public struct Comparison: Sendable {
        public internal(set) var completeness: SourceCompleteness
        public internal(set) var findings = AuditFindings()
        /// Numbers of the blocks that differ, ascending; to be looked into.
        public let blocks: [Int64]
        let partitions: [(drop: DroppedPartition, found: Int64)]

        init(_ completeness: SourceCompleteness, blocks: [Int64], partitions: [(drop: DroppedPartition, found: Int64)]) {
            self.completeness = completeness
            self.blocks = blocks
            self.partitions = partitions
        }

        /// Adds what was found in a block.
        public mutating func add(_ judgement: Judgement) {
            findings.add(judgement.findings)
            completeness.lost += judgement.lost
        }

        /// Adds what is wrong with partitions that were dropped, which can no longer be named event by event, and says so of blocks beyond
        /// ``AuditCensus/mostBlocks``.
        public mutating func judgeRest(of census: SourceCensus) {
            let source = completeness.source
            if blocks.count > AuditCensus.mostBlocks {
                findings.add(
                    AuditFinding(
                        .eventDiffers,
                        "\(blocks.count - AuditCensus.mostBlocks) more blocks of \(EventBlock.positions) positions of \(source) differ",
                        source: source, position: blocks[AuditCensus.mostBlocks] * EventBlock.positions))
            }
            for (drop, found) in partitions {
                // Lost events have positions that the source gave out again, and what it dropped it no longer had.
                if found > drop.events, census.rebases.contains(where: { drop.positions.upperBound > $0.lastPosition }) {
                    completeness.lost += found - drop.events
                    continue
                }
                let positions = "\(drop.positions.lowerBound) to \(drop.positions.upperBound - 1)"
                findings.add(
                    AuditFinding(
                        .partitionDiffers,
                        "\(source) dropped \(drop.events) events at \(positions), and the log has \(found == drop.events ? "others" : "\(found)")",
                        source: source, position: drop.positions.lowerBound))
            }
        }
    }

    /// What was found in a block.
    public struct Judgement: Sendable {
        let findings: AuditFindings
        /// Entries of events that the source has lost.
        let lost: Int64
    }

    /// The outbox is not the one that the log has read.
    public static func replaced(_ source: String) -> AuditFindings {
        var findings = AuditFindings()
        findings.add(
            AuditFinding(
                .sourceReplaced, "the outbox of \(source) is not the one that the log has read: saasctl worker rebase \(source)",
                source: source))
        return findings
    }

    /// Names what is wrong in one block.
    ///
    /// - Parameter events: of the outbox, by position.
    public static func judge(
        block number: Int64, events: [(position: Int64, hash: [UInt8])], of census: SourceCensus, with reach: AuditReach,
        in session: Session
    ) throws -> Judgement {
        var judgement = BlockJudgement(source: reach.source, events: events, rebases: census.rebases)
        try session.stream(CensusQueries.entries(of: reach.source, upTo: reach.entries, inBlock: number)) { entry in
            // What was dropped is compared by its record.
            if !census.drops.contains(where: { $0.positions.contains(entry.position) }) { judgement.add(entry) }
        }
        return judgement.finish()
    }
}

struct CensusEntry: Sendable {
    let position: Int64
    let hash: [UInt8]
    let ordinal: Int64
    let id: UUID
    let time: Timestamp
}

/// Counts entries by position beside what the source has.
private struct EntryCount: ~Copyable {
    private let census: SourceCensus
    private var live = BlockBuilder()
    private var differing: [Int64] = []
    private var nextBlock = 0
    private var drop = 0
    private var dropped = DropCount(countingFrom: 0)
    private var partitions: [(drop: DroppedPartition, found: Int64)] = []
    private var entries: Int64 = 0

    init(_ census: SourceCensus) {
        self.census = census
        if let first = census.drops.first { dropped = DropCount(countingFrom: first.positions.lowerBound) }
    }

    mutating func add(_ position: Int64, _ hash: [UInt8]) {
        entries += 1
        while drop < census.drops.count, position >= census.drops[drop].positions.upperBound { finishDrop() }
        if drop < census.drops.count, census.drops[drop].positions.contains(position) {
            dropped.add(position, hash)
        } else if let block = live.add(position, hash) {
            compare(block)
        }
    }

    private mutating func finishDrop() {
        let (events, hash) = dropped.finish()
        if events != census.drops[drop].events || hash != census.drops[drop].hash { partitions.append((census.drops[drop], events)) }
        drop += 1
        if drop < census.drops.count { dropped = DropCount(countingFrom: census.drops[drop].positions.lowerBound) }
    }

    private mutating func compare(_ block: EventBlock) {
        while nextBlock < census.blocks.count, census.blocks[nextBlock].number < block.number {
            differing.append(census.blocks[nextBlock].number)
            nextBlock += 1
        }
        guard nextBlock < census.blocks.count, census.blocks[nextBlock].number == block.number else {
            return differing.append(block.number)
        }
        if census.blocks[nextBlock] != block { differing.append(block.number) }
        nextBlock += 1
    }

    consuming func finish(_ reach: AuditReach) -> AuditCensus.Comparison {
        while drop < census.drops.count { finishDrop() }
        if let block = live.finish() { compare(block) }
        differing += census.blocks[nextBlock...].map(\.number)
        return AuditCensus.Comparison(
            SourceCompleteness(
                source: reach.source, entries: entries, events: census.blocks.reduce(0) { $0 + $1.events },
                dropped: census.drops.reduce(0) { $0 + $1.events }, lost: 0),
            blocks: differing, partitions: partitions)
    }
}

/// The digest of a dropped partition (docs/outbox.md, "Retention").
private struct DropCount: ~Copyable {
    private var blocks: BlockBuilder
    private var digest = SHA256()
    private var events: Int64 = 0

    init(countingFrom first: Int64) {
        blocks = BlockBuilder(countingFrom: first)
    }

    mutating func add(_ position: Int64, _ hash: [UInt8]) {
        if let block = blocks.add(position, hash) { take(block) }
    }

    private mutating func take(_ block: EventBlock) {
        events += block.events
        block.digest.withUnsafeBytes { digest.update($0) }
    }

    mutating func finish() -> (events: Int64, hash: [UInt8]) {
        if let block = blocks.finish() { take(block) }
        return (events, digest.finish())
    }
}

/// Compares the events of one block with its entries.
private struct BlockJudgement {
    let source: String
    let rebases: [RebaseTrace]
    private var hashes: [Int64: [UInt8]]
    private var seen: Set<Int64> = []
    private var strangers: [CensusEntry] = []
    private var findings = AuditFindings()

    init(source: String, events: [(position: Int64, hash: [UInt8])], rebases: [RebaseTrace]) {
        self.source = source
        self.rebases = rebases
        hashes = Dictionary(events.map { ($0.position, $0.hash) }) { $1 }
    }

    mutating func add(_ entry: CensusEntry) {
        guard hashes[entry.position] == entry.hash else { return strangers.append(entry) }
        guard !seen.insert(entry.position).inserted else { return }
        findings.add(
            AuditFinding(
                .eventTwice, "entry \(entry.ordinal) of \(source), event \(entry.id.text), is a second one of the same event",
                source: source, ordinal: entry.ordinal, position: entry.position, id: entry.id))
    }

    mutating func finish() -> AuditCensus.Judgement {
        var lost: Int64 = 0
        for entry in strangers {
            let isAt = hashes[entry.position] != nil
            // A source that was restored has lost what lay behind its last position, and hands out the same positions again.
            if rebases.contains(where: { entry.position > $0.lastPosition && entry.time < $0.decidedAt }),
                !isAt || seen.contains(entry.position)
            {
                lost += 1
                continue
            }
            let place = "entry \(entry.ordinal) of \(source), event \(entry.id.text),"
            findings.add(
                AuditFinding(
                    isAt ? .eventDiffers : .eventUnknown,
                    isAt ? "\(place) has another hash than the outbox" : "\(place) is of no event that the outbox has",
                    source: source, ordinal: entry.ordinal, position: entry.position, id: entry.id))
            seen.insert(entry.position)
        }
        for position in hashes.keys.sorted() where !seen.contains(position) {
            findings.add(
                AuditFinding(
                    .eventMissing, "the event at position \(position) of \(source) has no entry", source: source, position: position))
        }
        // Of what differs something is named.
        if findings.count == 0, lost == 0 {
            findings.add(
                AuditFinding(
                    .eventDiffers, "the log and the outbox of \(source) do not have the same events", source: source,
                    position: hashes.keys.min()))
        }
        return AuditCensus.Judgement(findings: findings, lost: lost)
    }
}
