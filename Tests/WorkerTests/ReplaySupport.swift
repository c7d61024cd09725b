import Audit
import Dispatch
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport

@testable import Worker

/// Counts what happens to each thing, in a table of billing's that ``Model/prepare()`` makes.
struct ModelConsumer: Consumer {
    let name = "model"
    let service = "billing"
    var sources = ["organization"]
    let understands: [EventType]? = [ThingChanged.eventType]
    var replay = ReplayPolicy.readModel(ReadModel(tables: ["model"]))
    var poison: Poison?
    var body: @Sendable (EventChunk, Session) throws -> Void = { _, _ in }

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        try body(chunk, session)
        let things = chunk.events.filter { known($0.eventType?.name ?? "") != nil }
        guard !things.isEmpty else { return [] }
        if things.contains(where: { poison?.hurts($0) == true }) { throw Poisoned() }
        let subjects = Array(Set(things.map(\.subject)))
        let before = try session.all(
            Query<(UUID, Int64)>("select id, last from model where id = any(\(subjects))") { (try $0.get(0), try $0.get(1)) })
        var rows = Dictionary(uniqueKeysWithValues: before.map { ($0.0, Row(last: $0.1)) })
        for event in things { rows[event.subject, default: Row(last: 0)].add(event) }
        let sorted = rows.sorted { $0.key < $1.key }
        try session.run(
            Query(
                """
                insert into model as m (id, events, positions, last, gaps)
                select * from unnest(\(sorted.map(\.key)), \(sorted.map(\.value.events)), \(sorted.map(\.value.positions)),
                    \(sorted.map(\.value.last)), \(sorted.map(\.value.gaps)))
                on conflict (id) do update set events = m.events + excluded.events, positions = m.positions + excluded.positions,
                    last = excluded.last, gaps = m.gaps + excluded.gaps
                """))
        return [try PendingEvent(ThingChanged(number: 0), subject: .id(0), sequence: 1, organization: nil)]
    }

    private struct Row {
        var events: Int64 = 0
        var positions: Int64 = 0
        var last: Int64
        var gaps: Int64 = 0

        init(last: Int64) { self.last = last }

        mutating func add(_ event: StoredEvent) {
            events += 1
            positions += event.position
            gaps += event.sequence == last + 1 ? 0 : 1
            last = event.sequence
        }
    }
}

struct Poisoned: DomainError {
    let failure = Failure(ErrorCode("POISONED", .conflict), "the event is poison")
}

/// Events that the model consumer cannot apply.
final class Poison: Sendable {
    private let events = Mutex<Set<String>>([])

    private static func key(_ thing: UUID, _ sequence: Int64) -> String { "\(thing.text)#\(sequence)" }

    func add(_ thing: UInt64, _ sequence: Int64) {
        events.withLock { _ = $0.insert(Self.key(.id(thing), sequence)) }
    }

    func remove(_ thing: UInt64, _ sequence: Int64) {
        events.withLock { _ = $0.remove(Self.key(.id(thing), sequence)) }
    }

    func hurts(_ event: StoredEvent) -> Bool {
        events.withLock { $0.contains(Self.key(event.subject, event.sequence)) }
    }
}

/// The model, its sources, its archive, and what they have to be.
enum Model {
    static let services = ["billing", "organization", "workflow", "audit"]

    static func archivist(_ sources: [String] = ["organization"]) -> AuditConsumer { AuditConsumer(sources: sources) }

    static func prepare() async throws {
        let owner = try await connect("billing", as: .owner)
        try await owner.session { session in
            try session.script(
                """
                create table model (id uuid primary key, events bigint not null, positions bigint not null, last bigint not null,
                    gaps bigint not null);
                grant select, insert, update, delete on model to saasctl_app;
                create table elsewhere (id uuid);
                grant select, insert on elsewhere to saasctl_app;
                """)
        }
        await owner.close()
    }

    /// Appends the next events of things, one transaction each call.
    static func append(_ things: [UInt64], from number: Int64, to service: String = "organization") async throws {
        let connection = try await connect(service)
        try await connection.transaction { try insert(things, from: number, in: $0) }
        await connection.close()
    }

    /// In SQL alone, so that many are made quickly; the hash is none.
    static func insert(_ things: [UInt64], from number: Int64, in session: Session) throws {
        try session.run(
            Query(
                """
                insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
                select gen_random_uuid(), 'saas.thing.changed.v2', id, \(number), now(), id, 'service:test', '{"number":1}', sha256('x')
                from unnest(\(things.map { UUID.id($0) })) with ordinality as t (id, nth) order by nth
                """))
    }

    /// What the model has to be, from the outboxes; it must have all their events.
    static func expected(_ sources: [String] = ["organization"]) async throws -> [String] {
        var rows: [String] = []
        for source in sources {
            rows += try await connect(source).values(
                """
                select concat_ws(' ', subject, count(*), sum(position), max(sequence), 0) from outbox
                where type = 'saas.thing.changed.v2' group by subject
                """)
        }
        return rows.sorted()
    }

    static func rows() async throws -> [String] {
        let billing = try await connect("billing")
        let rows = try await billing.values("select concat_ws(' ', id, events, positions, last, gaps) from model", as: String.self)
        await billing.close()
        return rows.sorted()
    }

    static func letters() async throws -> [String] {
        try await connect("billing").values(
            "select ltrim(right(subject::text, 4), '0') || '#' || sequence || ' ' || state from dead_letters order by turn")
    }

    static func head(of source: String = "organization") async throws -> LaneCheckpoint? {
        try await connect("billing").session { try CheckpointStore(consumer: "model", source: source).head(in: $0)?.checkpoint }
    }

    @discardableResult
    static func replay(
        _ consumer: ModelConsumer = ModelConsumer(), dryRun: Bool = false, databases: any WorkerDatabases = TestWorkerDatabases(),
        progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
    ) async throws -> ReplayReport {
        let operation = OperationContext(now: SystemClock().now(), actor: .operatorAccount("ada"), correlationId: .id(7))
        return try await WorkerRun(consumers: [consumer], databases: databases, clock: SystemClock())
            .replay(consumer, from: AuditArchive(), ReplayTerms(operation: operation, isDryRun: dryRun, progress: progress))
    }

    /// Runs lanes until they are level.
    @discardableResult
    static func run(_ consumers: any Consumer...) async throws -> WorkerReport {
        await WorkerRun.test(consumers).untilLevel()
    }

    /// Runs a lane and stops it after so many chunks.
    static func run(_ consumer: any Consumer, chunks: Int) async {
        let stop = StopSignal()
        let count = Mutex(0)
        let counting = CountingConsumer(wrapped: consumer) {
            if count.withLock({
                $0 += 1; return $0
            }) >= chunks {
                stop.request()
            }
        }
        _ = await WorkerRun.test([counting], stop: stop).untilLevel()
    }

    /// What `db prune` leaves: the first rows are gone, and a record says so.
    static func drop(upTo position: Int64, of source: String = "organization") async throws {
        let superuser = try await connect(source, as: .superuser)
        try await superuser.transaction { session in
            try session.run(Query("delete from outbox where position <= \(position)"))
            try session.run(
                Query(
                    """
                    insert into outbox_drops (name, lower, upper, events, hash, newest, consumers, snapshots, dropped_at)
                    values ('outbox_1', 1, \(position + 1), \(position), sha256(''), now(), '{model}', array[pg_current_snapshot()], now())
                    """))
        }
    }
}

/// Another consumer, and what to do after each of its chunks.
struct CountingConsumer: Consumer {
    let wrapped: any Consumer
    let after: @Sendable () -> Void

    var name: String { wrapped.name }
    var service: String { wrapped.service }
    var sources: [String] { wrapped.sources }
    var understands: [EventType]? { wrapped.understands }

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        defer { after() }
        return try wrapped.apply(chunk, in: session, context: context)
    }
}

/// Events that are inserted, and whose transaction stays open until ``commit()``.
final class HeldAppend: Sendable {
    private let mayCommit = DispatchSemaphore(value: 0)
    private let transaction = Mutex<Task<Void, any Error>?>(nil)

    init(_ events: [(thing: UInt64, sequence: Int64)], on connection: Connection) async throws {
        let (inserted, signal) = AsyncStream<Void>.makeStream()
        let task = Task { [mayCommit] in
            defer { signal.finish() }
            try await connection.transaction { session in
                for event in events { try Model.insert([event.thing], from: event.sequence, in: session) }
                signal.finish()
                mayCommit.wait()
            }
            await connection.close()
        }
        transaction.withLock { $0 = task }
        for await _ in inserted {}
    }

    func commit() async throws {
        mayCommit.signal()
        try await transaction.withLock(\.self)?.value
    }
}

/// Numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Discards all letters of the model, once, from another connection; for a consumer in the middle of a chunk.
final class DiscardOnce: Sendable {
    private let isDone = Mutex(false)
    private let databases = TestDatabases.current

    func discard() {
        guard
            isDone.withLock({ done in
                defer { done = true }; return !done
            })
        else { return }
        let finished = DispatchSemaphore(value: 0)
        Task { [databases] in
            defer { finished.signal() }
            let connection = try await databases["billing"].connect()
            var filter = DeadLetterFilter()
            filter.consumer = "model"
            filter.states = DeadLetterFilter.heads
            try await connection.transaction { [filter] in
                let change = try DeadLetterDesk.discard(filter, in: $0)
                _ = change
            }
            await connection.close()
        }
        finished.wait()
    }
}
