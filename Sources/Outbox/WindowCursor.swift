public import FoundationEssentials
public import Kernel
public import Postgres

/// Decides what a lane reads next, and what its checkpoint is after each chunk. No database, no time, no tasks: answers go in, steps and
/// checkpoints come out.
///
/// ```
///            opened: rows                received: n rows, or cut short
///   between ────────────▶ in a window ──────────────────────────┐
///   windows ◀──────────── (lo, hi]    ◀─────────────────────────┘
///      │ ▲    received: ran to its end; lo := hi
///      └─┘
///     opened: nothing; lo := hi in memory only
/// ```
public struct WindowCursor: Sendable, Equatable {
    /// The state after the last chunk that was read, applied or not.
    public private(set) var checkpoint: LaneCheckpoint
    /// The `lo` of the last window that had rows. What empty windows have passed beyond it may come again once the connection was lost: a
    /// server that crashed hands out the ids of transactions that left nothing on disk a second time.
    private var vouched: Snapshot

    public enum Step: Sendable, Equatable {
        /// Cut a window after this snapshot.
        case open(after: Snapshot)
        /// Read the window's next rows.
        case read(ChunkRequest)
    }

    /// What the statement that opens a window found.
    public struct Opening: Sendable, Equatable {
        public let window: Window
        /// The lowest position of a late transaction's rows; `nil` where no late transaction has any.
        public let lowestLate: Int64?
        /// `hi` is at or after `lo`. A source that went back in time was restored.
        public let isForward: Bool
        /// The server is a standby, whose snapshots do not say which transactions run on the primary.
        public let isStandby: Bool

        /// The lowest position of all its rows.
        var lowest: Int64? {
            [window.ceil > 0 ? window.floor : nil, lowestLate].compactMap(\.self).min()
        }

        /// Nothing was committed between the snapshots.
        public var isEmpty: Bool { lowest == nil && isForward && !isStandby }

        public init(window: Window, lowestLate: Int64?, isForward: Bool, isStandby: Bool) {
            self.window = window
            self.lowestLate = lowestLate
            self.isForward = isForward
            self.isStandby = isStandby
        }
    }

    public init(resuming checkpoint: LaneCheckpoint) {
        self.checkpoint = checkpoint
        vouched = checkpoint.lo
    }

    /// Goes back to before the empty windows that were passed in memory. To be called where the source may have been restarted.
    public mutating func forgetEmptyWindows() {
        if checkpoint.window == nil { checkpoint.lo = vouched }
    }

    public func next(limit: Int) -> Step {
        guard let window = checkpoint.window else { return .open(after: checkpoint.lo) }
        return .read(ChunkRequest(lo: checkpoint.lo, window: window, after: checkpoint.position, limit: limit))
    }

    /// Takes the answer to ``Step/open(after:)``.
    ///
    /// - Returns: whether there is anything to read. Where there is not, the window is passed in memory and nothing is to be written.
    public mutating func opened(_ opening: Opening) throws(LaneStop) -> Bool {
        if opening.isStandby { throw .readingFromStandby }
        if !opening.isForward { throw .snapshotWentBack(lo: checkpoint.lo.text, hi: opening.window.hi.text) }
        let window = opening.window
        guard let lowest = opening.lowest else {
            checkpoint.lo = window.hi
            return false
        }
        if window.ceil == 0, let last = window.late.max() {
            // Without an ordinary row nothing vouches for hi but the late ones.
            checkpoint.lo = vouched
            checkpoint.window = Window(hi: window.hi.limited(to: max(vouched.xmax, last.next)), floor: 0, ceil: 0, late: window.late)
        } else {
            checkpoint.window = window
        }
        checkpoint.position = lowest - 1
        return true
    }

    /// Takes the answer to ``Step/read(_:)``.
    ///
    /// - Parameter reachedEnd: the query returned all that the window still had. A chunk cut short by its limit, bytes or time has not.
    /// - Returns: the checkpoint to commit with the chunk's effects. The empty end of a window is one too: what is stored has that window open,
    ///   and whoever comes next would take the lane to find out.
    public mutating func received(_ events: [StoredEvent], reachedEnd: Bool) -> LaneCheckpoint {
        guard let window = checkpoint.window else { preconditionFailure("a chunk arrived outside a window") }
        checkpoint.sequence += 1
        if let last = events.last {
            checkpoint.position = last.position
            checkpoint.events += Int64(events.count)
            let newest = events.suffix(LaneCheckpoint.tailLength).map { LaneCheckpoint.Tail(position: $0.position, id: $0.id) }
            checkpoint.tail = Array((checkpoint.tail + newest).suffix(LaneCheckpoint.tailLength))
        }
        if reachedEnd {
            checkpoint.lo = window.hi
            vouched = window.hi
            checkpoint.window = nil
        }
        return checkpoint
    }
}

/// The next rows of an open window.
public struct ChunkRequest: Sendable, Hashable {
    public let lo: Snapshot
    public let window: Window
    /// Rows up to here are done.
    public let after: Int64
    /// At most so many rows.
    public let limit: Int
}

/// Why a lane stands still until somebody acts. Never an event's fault.
public enum LaneStop: DomainError, Equatable {
    case readingFromStandby
    case snapshotWentBack(lo: String, hi: String)
    case sourceChanged(String)
    case tailMissing
    /// The source has dropped the events that the lane applied last: the lane is of an old backup. `replays` is its consumer, where a replay
    /// brings it up to date.
    case tailDropped(replays: String?)
    case newerEvent(type: String, position: Int64, known: Int)
    case unreadableCheckpoint(String)
    /// The lane has not begun, and the source no longer has its first events.
    case beginningDropped(consumer: String)
    /// So many events of one chunk fail that it is not them: the consumer is broken, or what it works on.
    case tooManyFailures(consumer: String, aggregates: Int, events: Int, first: DeadLetter.Fault)
    /// The consumer takes events as opaque bytes, so it can neither park nor skip one.
    case opaqueEventRefused(UUID, position: Int64, DeadLetter.Fault)

    public var failure: Failure { failure(of: nil) }

    private static func replay(_ consumer: String) -> String {
        "saasctl worker replay --consumer \(consumer), which starts from the audit log"
    }

    /// - Parameter source: the service that the lane reads, where it is known.
    public func failure(of source: String?) -> Failure {
        let who = source.map { "the source \"\($0)\"" } ?? "the source"
        let wayOn = "saasctl worker rebase \(source ?? "SERVICE") --dry-run (docs/outbox.md, \"After a restore\", goes through the cases)"
        return switch self {
        case .readingFromStandby:
            Failure(
                ErrorCode("LANE_ON_STANDBY", .pending), "\(who) is a standby; a lane reads from the primary only",
                hint: "point the profile's connection string at the primary (target_session_attrs=primary)")
        case .snapshotWentBack(let lo, let hi):
            Failure(
                ErrorCode("LANE_SOURCE_RESTORED", .pending), "\(who) is behind the checkpoint: it was restored from an older backup",
                hint: wayOn, details: ["checkpoint \(lo)", "source \(hi)"])
        case .sourceChanged(let what):
            Failure(
                ErrorCode("LANE_SOURCE_CHANGED", .pending), what.replacing("the source", with: who, maxReplacements: 1), hint: wayOn)
        case .tailMissing:
            Failure(
                ErrorCode("LANE_SOURCE_RESTORED", .pending),
                "events that were applied are no longer in \(who): it was restored from an older backup", hint: wayOn)
        case .tailDropped(let consumer):
            Failure(
                ErrorCode("LANE_CONSUMER_RESTORED", .pending),
                "what the lane applied last was dropped from \(who) since: the lane's own database was restored from an older backup",
                hint: consumer.map(Self.replay)
                    ?? "restore a newer backup of the lane's database (docs/outbox.md, \"After a restore\")")
        case .newerEvent(let type, let position, let known):
            Failure(
                ErrorCode("BINARY_OUTDATED", .pending),
                "the event at position \(position) of \(who) has type \"\(type)\"; this saasctl reads up to version \(known)",
                hint: "upgrade saasctl")
        case .tooManyFailures(let consumer, let aggregates, let events, let first):
            Failure(
                ErrorCode("LANE_FAILING", .pending),
                "\(aggregates) aggregates in a chunk of \(events) events fail; first: \(first.message)",
                hint: "mend the cause; nothing was parked. "
                    + "If the events are to blame: saasctl worker run --only \(consumer) --park-failing",
                details: first.lines)
        case .opaqueEventRefused(let id, let position, let fault):
            Failure(
                ErrorCode("LANE_FAILING", .pending), "the log refuses event \"\(id.text)\" at position \(position): \(fault.message)",
                hint: "the log takes each event or stands: mend the row in the outbox, or what keeps the log from taking it",
                details: fault.lines)
        case .beginningDropped(let consumer):
            Failure(
                ErrorCode("LANE_BEGINNING_DROPPED", .pending), "the lane is new, and the source no longer has its first events",
                hint: Self.replay(consumer))
        case .unreadableCheckpoint(let text):
            Failure(ErrorCode("LANE_CHECKPOINT_UNREADABLE", .pending), "the checkpoint's epoch \"\(text)\" cannot be read")
        }
    }
}
