import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Worker

extension Connection {
    func run(_ sql: SQL) async throws {
        try await session { try $0.run(Query(sql)) }
    }

    func value<T: PostgresDecodable & Sendable>(_ sql: SQL, as type: T.Type = T.self) async throws -> T {
        try await session { try $0.one(Query<T>(sql)) }
    }

    func values<T: PostgresDecodable & Sendable>(_ sql: SQL, as type: T.Type = T.self) async throws -> [T] {
        try await session { try $0.all(Query<T>(sql)) }
    }
}

extension UUID {
    static func id(_ number: UInt64) -> UUID { UUID(high: 0x019C_ECE3_51C7_7000, low: 0x8000_0000_0000_0000 | number) }
}

/// A connection to a database of the current test.
func connect(_ service: String, as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current[service].connect(as: role)
}

/// The current test's databases, for a worker.
struct TestWorkerDatabases: WorkerDatabases {
    /// Services whose database does not answer.
    var down: Set<String> = []

    func open(_ service: String) async throws -> Connection {
        if down.contains(service) { return try await Connection.open(ConnectionConfiguration("host=/nonexistent dbname=\(service)")) }
        return try await connect(service)
    }
}

/// The test's databases; what is opened is prepared first, or refused.
struct WrappedDatabases: WorkerDatabases {
    let prepare: @Sendable (Connection) async throws -> Void
    let refuses: @Sendable (String) -> Bool

    init(
        _ prepare: @escaping @Sendable (Connection) async throws -> Void = { _ in },
        refuses: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        self.prepare = prepare
        self.refuses = refuses
    }

    func open(_ service: String) async throws -> Connection {
        if refuses(service) { return try await Connection.open(ConnectionConfiguration("host=/nonexistent dbname=\(service)")) }
        let connection = try await TestWorkerDatabases().open(service)
        try await prepare(connection)
        return connection
    }
}

extension WorkerRun {
    /// A run on the current test's databases.
    static func test(
        _ consumers: [any Consumer], down: Set<String> = [], stop: StopSignal = StopSignal(), maxRuntime: Duration? = nil,
        clock: any WallClock = SystemClock()
    ) -> WorkerRun {
        WorkerRun(
            consumers: consumers, databases: TestWorkerDatabases(down: down), clock: clock, stop: stop, maxRuntime: maxRuntime)
    }

    /// A rebase that asks nobody.
    func rebase(_ source: String, _ terms: RebaseTerms) async throws -> [LaneRebase]? {
        try await rebase(source, terms) {
            try await connect(source, as: .owner)
        } approve: {
            try await Self.writeDown($0)
        }
    }

    static func writeDown(_ plan: RebasePlan) async throws -> Int64? {
        try await connect(plan.lanes[0].source).session { try plan.record(at: SystemClock().now(), in: $0) }
    }
}

extension WorkerMonitor {
    /// A monitor of the current test's databases.
    static func test(_ consumers: [any Consumer], down: Set<String> = []) -> WorkerMonitor {
        WorkerMonitor(consumers: consumers, databases: TestWorkerDatabases(down: down), clock: SystemClock())
    }
}

extension WorkerReport {
    /// How each lane ended: `billing<organization level`.
    var summary: [String] { lanes.map { "\($0.name) \($0.outcome.name)" } }

    func lane(_ name: String) -> LaneReport? { lanes.first { $0.name == name } }
}

/// A consumer of billing's that does what a test says, reading the organization service.
struct ProbeConsumer: Consumer {
    let name = "probe"
    let service = "billing"
    var sources = ["organization"]
    var understands: [EventType]? = [ThingChanged.eventType]
    let body: @Sendable (EventChunk, Session) throws -> [PendingEvent]

    init(sources: [String] = ["organization"], body: @escaping @Sendable (EventChunk, Session) throws -> [PendingEvent] = { _, _ in [] }) {
        self.sources = sources
        self.body = body
    }

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        // One row per event in a table of billing's that nothing else uses here.
        try session.run(
            Query(
                "insert into entitlement_sets (organization_id, updated_at) select id, now() from unnest(\(chunk.events.map(\.subject))) as s (id)"
            ))
        return try body(chunk, session)
    }

    /// How many events have taken effect.
    static func effects() async throws -> Int {
        try await connect("billing").value("select count(*) from entitlement_sets")
    }

    static func checkpoint(of source: String = "organization") async throws -> LaneCheckpoint? {
        try await connect("billing").session { try CheckpointStore(consumer: "probe", source: source).head(in: $0)?.checkpoint }
    }
}

struct ThingChanged: DomainEvent {
    static let eventType = EventType("saas.thing.changed", version: 2)
    static let aggregateType = "thing"

    let number: UInt64

    static var context: OperationContext {
        OperationContext(now: SystemClock().now(), actor: .service("test"), correlationId: .id(0))
    }

    /// Events of some aggregates, `(aggregate, sequence)`.
    static func pending(_ events: [(UInt64, Int64)]) throws -> [PendingEvent] {
        try events.map { try PendingEvent(ThingChanged(number: UInt64($1)), subject: .id($0), sequence: $1, organization: nil) }
    }

    /// Appends events of some aggregates in one transaction: `(aggregate, sequence)` in the order of their positions.
    static func append(of events: [(UInt64, Int64)], to service: String = "organization") async throws {
        let connection = try await connect(service)
        try await connection.transaction { try append(of: events, to: service, in: $0) }
        await connection.close()
    }

    static func append(of events: [(UInt64, Int64)], to service: String = "organization", in session: Session) throws {
        _ = try OutboxWriter(service: service).append(pending(events), in: session, context: context)
    }

    /// Appends events of as many aggregates, numbered from `first`.
    static func append(_ count: UInt64, first: UInt64 = 1, to service: String = "organization") async throws {
        let context = OperationContext(now: SystemClock().now(), actor: .service("test"), correlationId: .id(0))
        let events = try (first..<first + count).map {
            try PendingEvent(ThingChanged(number: $0), subject: .id($0), sequence: 1, organization: nil)
        }
        try await connect(service).transaction { session in
            _ = try OutboxWriter(service: service).append(events, in: session, context: context)
        }
    }
}

/// Every row of every table of some databases, with the transaction that wrote it: equal before and after only if nothing was written,
/// not even the same values again.
struct Fingerprint: Equatable {
    let tables: [String: String]

    init(_ services: [String] = TestDatabases.current.services) async throws {
        var tables: [String: String] = [:]
        for service in services {
            let database = try await connect(service, as: .superuser)
            let names = "select relname::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace" as SQL
            for table in try await database.values(names, as: String.self) {
                tables["\(service).\(table)"] = try await database.value(
                    """
                    select count(*) || ' ' || coalesce(md5(string_agg(concat_ws(' ', tableoid, ctid, xmin, t), ',' order by tableoid, ctid)), '')
                    from \(identifier: table) as t
                    """)
            }
        }
        self.tables = tables
    }

    /// The tables that differ.
    func differences(from other: Fingerprint) -> [String] {
        tables.filter { other.tables[$0.key] != $0.value }.keys.sorted()
    }
}

/// A clock that stands.
struct FixedClock: WallClock {
    let instant: Timestamp

    init(_ instant: Timestamp) {
        self.instant = instant
    }

    func now() -> Timestamp { instant }
}
