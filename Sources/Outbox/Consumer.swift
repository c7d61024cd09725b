public import FoundationEssentials
public import Kernel
public import Postgres
import Synchronization

/// A part of a service that reacts to events of other services. One consumer reads each of its sources in a lane of its own.
public protocol Consumer: Sendable {
    /// Names the lanes and their checkpoints; never renamed once released.
    var name: String { get }
    /// The service whose database the effects and the checkpoints are in.
    var service: String { get }
    /// The services whose outboxes are read.
    var sources: [String] { get }
    /// The types that ``apply(_:in:context:)`` acts on, in the newest version that it reads. `nil`: all of them, as opaque bytes.
    var understands: [EventType]? { get }

    /// Applies a chunk, set by set, in the transaction that will hold its checkpoint.
    ///
    /// Called again with the same or other chunks after a rollback, so it keeps nothing outside the database. Chunks of other sources come
    /// in any interleaving.
    ///
    /// - Returns: what this service has to tell in turn; stored in the same transaction.
    /// - Throws: ``UnreadableEvent`` or a `DomainError` for an event's fault, ``ConsumerNotReady``, `PostgresError` for everything else.
    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent]

    /// Whether there is anything for ``settle(in:context:)`` to do, ever.
    var settles: Bool { get }

    /// Finishes what does not belong to a single lane, after lanes have applied something: a transaction of its own, in bounded batches.
    ///
    /// - Throws: ``SettlingElsewhere`` where another worker is at it.
    func settle(in session: Session, context: ConsumerContext) throws -> Settlement

    /// Whether its tables can be filled anew. During a replay ``apply(_:in:context:)`` works on copies of them, and what it publishes is dropped.
    var replay: ReplayPolicy { get }

    /// Called where a replay has changed the tables, in the transaction that did.
    ///
    /// - Returns: what this service has to tell of it.
    func replayed(in session: Session, context: ConsumerContext) throws -> [PendingEvent]
}

/// What one call of ``Consumer/settle(in:context:)`` did.
public struct Settlement: Sendable {
    /// Rows written; 0 where nothing was left to do.
    public let rows: Int
    /// Another call may have work to do.
    public let hasMore: Bool
    public let events: [PendingEvent]

    public init(rows: Int, hasMore: Bool, events: [PendingEvent]) {
        self.rows = rows
        self.hasMore = hasMore
        self.events = events
    }

    public static let nothing = Settlement(rows: 0, hasMore: false, events: [])
}

/// Another worker finishes the same, and looks once more when it has done so. One that goes on running tries again, should that one die.
public struct SettlingElsewhere: Error {
    public init() {}
}

/// The consumer cannot work at all: something that it needs is missing. No event's fault; the lane stands until that is mended.
public struct ConsumerNotReady: DomainError {
    public let failure: Failure

    public init(_ failure: Failure) {
        self.failure = failure
    }
}

extension Consumer {
    public var settles: Bool { false }

    public func settle(in session: Session, context: ConsumerContext) throws -> Settlement { .nothing }

    /// The type of this name that the consumer reads, in its newest version.
    public func known(_ name: String) -> EventType? {
        understands?.first { $0.name == name }
    }
}

/// Events of one source, in the order of their positions.
public struct EventChunk: Sendable {
    public let source: String
    public let events: [StoredEvent]
    private let sorted = SortedEvents()

    public init(source: String, events: [StoredEvent]) {
        self.source = source
        self.events = events
    }

    /// The events of one type, of whatever version, in order.
    ///
    /// - Parameter name: without the version.
    public func events(named name: String) -> [StoredEvent] {
        sorted.events(named: name, of: events)
    }

    /// The events of one type with their data, in order.
    ///
    /// - Throws: ``UnreadableEvent``.
    public func all<Event: DomainEvent>(_ type: Event.Type = Event.self) throws -> [(stored: StoredEvent, data: Event)] {
        try events(named: Event.eventType.name).map { ($0, try $0.decode(Event.self)) }
    }
}

/// The events of a chunk by the names of their types. A consumer asks for a dozen types, one after the other, or for none.
private final class SortedEvents: Sendable {
    private let byName = Mutex<[String: [StoredEvent]]?>(nil)

    func events(named name: String, of events: [StoredEvent]) -> [StoredEvent] {
        byName.withLock { byName in
            if byName == nil { byName = Dictionary(grouping: events) { $0.eventType?.name ?? "" } }
            return byName?[name] ?? []
        }
    }
}

/// What a consumer may know of its surroundings.
public struct ConsumerContext: Sendable {
    /// The instant of this chunk's application.
    public let now: Timestamp
    /// The events have been applied before, and are now to fill copies of the read model's tables. Nothing else can be written.
    public let isReplay: Bool

    public init(now: Timestamp, isReplay: Bool = false) {
        self.now = now
        self.isReplay = isReplay
    }

    public func newId() -> UUID {
        UUID.version7(at: now)
    }
}

/// What the registry lists of a domain: its database and its consumers.
public struct ServiceModule: Sendable {
    /// Also the key of its connection strings and the name of its migrations.
    public let name: String
    /// Every event the service publishes. Where there are consumers, what operators do to them is among them: ``LetterDiscarded``,
    /// ``LaneRebased``, ``ConsumerReplayed``.
    public let publishes: [any DomainEvent.Type]
    public let consumers: [any Consumer]
    /// What it does when the time for it has come.
    public let timers: [ServiceTimer]

    /// - Parameter publishes: the events of its own.
    public init(name: String, publishes: [any DomainEvent.Type], consumers: [any Consumer] = [], timers: [ServiceTimer] = []) {
        self.name = name
        self.publishes = publishes + (consumers.isEmpty ? [] : [LetterDiscarded.self, LaneRebased.self, ConsumerReplayed.self])
        self.consumers = consumers
        self.timers = timers
    }
}
