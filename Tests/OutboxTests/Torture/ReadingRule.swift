import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// A way to read an outbox. Its state lies in the database of the sink and is read again by each new instance.
protocol ReadingRule: Sendable {
    init()

    /// A poll that finds nothing may leave rows for later, though every writer has ended.
    static var mayLag: Bool { get }

    /// How many windows with rows of late transactions this instance has opened.
    var windowsWithLate: Int { get }

    /// Applies at most `limit` events.
    ///
    /// - Parameter death: where to be killed on the way, if at all.
    /// - Returns: how many were applied; 0 where there is nothing to read.
    /// - Throws: ``Killed``, or `PostgresError` of the connection that was cut.
    mutating func poll(_ links: Links, limit: Int, death: Death?) async throws -> Int
}

extension ReadingRule {
    var windowsWithLate: Int { 0 }
}

/// A reader's connections.
struct Links: Sendable {
    let source: Connection
    let sink: Connection
}

/// Where a reader is killed. Its connections break and its memory is gone.
enum Death: Sendable, CaseIterable {
    case beforeApplying
    case betweenEffectsAndState
    case beforeCommit
    case afterCommit
}

struct Killed: Error {}

extension Session {
    /// Breaks this connection as a crash of the process would: the server rolls back.
    func die() throws -> Never {
        _ = try one(Query<Bool>("select pg_terminate_backend(pg_backend_pid())"))
        throw Killed()
    }

    func apply(_ events: [Delivery]) throws {
        try run(
            Query(
                """
                insert into torture_sink (position, id, subject, sequence)
                select position, id, subject, sequence
                from unnest(\(events.map(\.position)), \(events.map(\.id)), \(events.map(\.subject)), \(events.map(\.sequence)))
                    with ordinality as e (position, id, subject, sequence, nth)
                order by nth
                """))
    }
}

extension Links {
    /// Applies events and moves the reader's state in one transaction, unless death comes between.
    func commit(_ events: [Delivery], death: Death?, movingState: @Sendable (Session) throws -> Void) async throws {
        if death == .beforeApplying { throw Killed() }
        try await sink.transaction { session in
            try session.apply(events)
            if death == .betweenEffectsAndState { try session.die() }
            try movingState(session)
            if death == .beforeCommit { try session.die() }
        }
        if death == .afterCommit { throw Killed() }
    }
}

/// The rule that saasctl reads by.
struct WindowRule: ReadingRule {
    static let mayLag = false

    private struct LaneLost: Error {}

    private let store = CheckpointStore(consumer: "torture", source: "organization")
    private let windows = WindowReader(source: "organization")
    private var lane: (cursor: WindowCursor, epoch: Epoch)?
    private(set) var windowsWithLate = 0

    mutating func poll(_ links: Links, limit: Int, death: Death?) async throws -> Int {
        if lane == nil { lane = try await resume(links) }
        while let (before, epoch) = lane {
            var cursor = before
            let windows = windows
            switch cursor.next(limit: limit) {
            case .open(let lo):
                let opening = try await links.source.session { try windows.open(after: lo, in: $0) }
                let hasRows = try cursor.opened(opening)
                lane = (cursor, epoch)
                if !hasRows { return 0 }
                if !opening.window.late.isEmpty { windowsWithLate += 1 }
            case .read(let request):
                let (events, reachedEnd) = try await links.source.session { try windows.read(request, in: $0) }
                let checkpoint = cursor.received(events, reachedEnd: reachedEnd)
                lane = (cursor, epoch)
                let store = store
                try await links.commit(events.map(Delivery.init), death: death) { session in
                    guard try store.append(checkpoint, epoch: epoch, at: SystemClock().now(), in: session) else { throw LaneLost() }
                }
                if events.isEmpty { continue }
                return events.count
            }
        }
        return 0
    }

    private func resume(_ links: Links) async throws -> (WindowCursor, Epoch) {
        let (store, windows) = (store, windows)
        let head = try await links.sink.session { try store.head(in: $0) }
        let checkpoint = head?.checkpoint ?? .start
        let (epoch, tailIsIntact) = try await links.source.session { session in
            try windows.prepare(session)
            return (epoch: try windows.identify(in: session), tailIsIntact: try windows.holds(checkpoint.tail, in: session))
        }
        guard tailIsIntact, head.map({ $0.epoch == epoch }) ?? true else { throw LaneStop.tailMissing }
        return (WindowCursor(resuming: checkpoint), epoch)
    }
}

extension Delivery {
    fileprivate init(_ event: StoredEvent) {
        self.init(position: event.position, id: event.id, subject: event.subject, sequence: event.sequence)
    }
}
