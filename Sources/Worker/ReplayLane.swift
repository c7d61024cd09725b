import Kernel
import Outbox
import Postgres

/// How far a replay has come with one source.
struct ReplayLane: Sendable {
    let source: String
    let reader: SourceReader
    /// The source's, throughout.
    let epoch: Epoch
    let archive: ArchiveReach
    /// What the live lane's checkpoint was at first; `nil` where there was none.
    let found: LaneCheckpoint?
    /// The live lane has no checkpoint that fits the source: the replay goes up to the present, and the lane starts there.
    let startsHere: Bool

    /// What was read so far are the events that all of these have passed.
    var passed: [LaneCheckpoint]
    /// Where that ends, once it is a place where a lane can stand.
    var place: LaneCheckpoint?
    /// What was visible when a lane that starts here was given its place.
    var present: Snapshot?
    var hasLetters = false
    /// Events that concern the consumer.
    var fromArchive: Int64 = 0
    private var fromOutbox: Int64 = 0
    /// All that were read from the outbox, whomever they concern.
    private var read: Int64 = 0
    private var tail: [LaneCheckpoint.Tail]

    init(
        _ source: String, reader: SourceReader, epoch: Epoch, archive: ArchiveReach, found: LaneCheckpoint?, fits: Bool
    ) {
        self.source = source
        self.reader = reader
        self.epoch = epoch
        self.archive = archive
        self.found = found
        startsHere = found == nil || !fits
        let head = archive.head?.checkpoint
        let live = fits ? found : nil
        passed = head.map { head in [head] + [live].compactMap(\.self) } ?? []
        tail = head?.tail ?? []
    }

    mutating func read(_ events: [StoredEvent], concerning: Int64) {
        fromOutbox += concerning
        read += Int64(events.count)
        tail = Array((tail + events.suffix(4).map { LaneCheckpoint.Tail(position: $0.position, id: $0.id) }).suffix(4))
    }

    /// Whether the replay gives the lane its place. One that has never had an event needs none.
    var starts: Bool { startsHere && (found != nil || archive.entries + read > 0) }

    /// Whether the replay stands where the live lane is to be, whose checkpoint is this now.
    func matches(_ head: LaneCheckpoint?) -> Bool {
        guard startsHere else { return head == place }
        // A lane that has begun meanwhile may have come less far.
        guard place != nil, let present else { return false }
        return head == found || head.map { present.covers($0.horizon) } ?? false
    }

    /// The checkpoint with which the live lane goes on behind `head`: the next number, so that a worker that has read the one before looks again.
    func next(behind head: LaneCheckpoint?) -> LaneCheckpoint? {
        guard var next = place else { return nil }
        next.sequence = (head?.sequence ?? 0) + 1
        if startsHere {
            next.position = tail.last?.position ?? 0
            next.tail = tail
            next.events = (archive.head?.checkpoint.events ?? 0) + read
        }
        return next
    }

    func report(setAside: Int64) -> ReplayReport.Lane {
        ReplayReport.Lane(
            source: source, fromArchive: fromArchive, fromOutbox: fromOutbox, startsHere: starts, setAside: setAside)
    }
}
