import Cryptography
public import Kernel
public import Postgres

/// Counts what an outbox has, and had, of what a lane has passed, so that it can be compared with what the lane has made of it.
public enum OutboxCensus {
    /// The partitions that were dropped, oldest first.
    public static func drops(in session: Session) throws -> [DroppedPartition] {
        try session.all(CensusQueries.drops())
    }

    /// After which restores lanes were told to go on.
    public static func rebases(in session: Session) throws -> [RebaseTrace] {
        try session.all(CensusQueries.rebases())
    }

    /// The events that a checkpoint has passed, in blocks of positions, ascending; blocks without events are left out. Memory grows by one of them
    /// for each 8,192 positions.
    ///
    /// - Parameter checkpoint: counts in the epoch that the source has.
    public static func blocks(passedBy checkpoint: LaneCheckpoint, in session: Session) throws -> [EventBlock] {
        var blocks: [EventBlock] = []
        var open = BlockBuilder()
        try session.stream(CensusQueries.passed(by: checkpoint)) { event in
            if let done = open.add(event.position, event.hash) { blocks.append(done) }
        }
        if let done = open.finish() { blocks.append(done) }
        return blocks
    }

    /// The events of one block that a checkpoint has passed, by position.
    public static func events(
        inBlock number: Int64, passedBy checkpoint: LaneCheckpoint, in session: Session
    ) throws -> [(position: Int64, hash: [UInt8])] {
        try session.all(CensusQueries.events(inBlock: number, passedBy: checkpoint))
    }
}

/// A partition that was dropped, as it was recorded.
public struct DroppedPartition: Sendable, Hashable {
    public let name: String
    public let positions: Range<Int64>
    public let events: Int64
    /// As docs/outbox.md has it ("Retention").
    public let hash: [UInt8]
}

/// What a rebase has left in the source.
public struct RebaseTrace: Sendable, Hashable {
    /// Events that were lost lay behind it.
    public let lastPosition: Int64
    public let decidedAt: Timestamp
}

/// The events at some 8,192 positions, by their number and a digest of their positions and hashes.
public struct EventBlock: Sendable, Hashable {
    public static let positions: Int64 = 8_192

    /// Its first position, divided by ``positions``, or counted in them from where its partition begins.
    public let number: Int64
    public let events: Int64
    /// SHA-256 over position (8 bytes, big-endian) and hash of each event, by position.
    public let digest: [UInt8]

    /// Rounded down, also for positions that no event should have, and without trapping for those that none can have.
    static func number(of position: Int64, countingFrom first: Int64) -> Int64 {
        let distance = position &- first
        return distance >= 0 ? distance / positions : (distance + 1) / positions - 1
    }

    /// The first position of a block that is counted from 0.
    public static func first(of number: Int64) -> Int64 { number &* positions }
}

/// Makes blocks of events that come by position.
public struct BlockBuilder: ~Copyable {
    private let first: Int64
    private var digest = SHA256()
    private var number: Int64?
    private var events: Int64 = 0

    /// - Parameter first: the position from which blocks are counted.
    public init(countingFrom first: Int64 = 0) {
        self.first = first
    }

    /// - Returns: the block before, where the event begins another.
    public mutating func add(_ position: Int64, _ hash: [UInt8]) -> EventBlock? {
        let own = EventBlock.number(of: position, countingFrom: first)
        let done = own == number ? nil : finish()
        number = own
        events += 1
        withUnsafeBytes(of: position.bigEndian) { digest.update($0) }
        hash.withUnsafeBytes { digest.update($0) }
        return done
    }

    /// - Returns: the last block; `nil` without any event since the one before.
    public mutating func finish() -> EventBlock? {
        guard let number else { return nil }
        let block = EventBlock(number: number, events: events, digest: digest.finish())
        self.number = nil
        events = 0
        return block
    }
}
