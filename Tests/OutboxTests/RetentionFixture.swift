import Cryptography
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// The organization's outbox in partitions of a thousand positions, two of them past, with five events in each of the first three.
struct RetentionFixture {
    let database: Connection
    let superuser: Connection
    let epoch: Epoch

    static let cutoff = OperationContext.test.now.advanced(by: .seconds(1))

    /// - Parameter filled: lends the outbox between filling two partitions.
    init(filled: (RetentionFixture, _ partition: Int) async throws -> Void = { _, _ in }) async throws {
        let database = try await Self.connect()
        self.database = database
        superuser = try await Self.connect(as: .superuser)
        epoch = try await database.session { try WindowReader(source: "organization").identify(in: $0) }
        try await superuser.session {
            try $0.script(
                """
                drop table outbox_000000000000001, outbox_000000005000001;
                delete from outbox_partitions;
                select outbox_extend(4, 1000);
                """)
        }
        for partition in 0..<3 {
            try await advance(to: Int64(partition) * 1_000)
            try await database.append(try (1...5).map { try .thing(.id(UInt64(partition * 5 + $0))) })
            try await filled(self, partition)
        }
    }

    static func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["organization"].connect(as: role)
    }

    /// As if so many positions had been handed out.
    func advance(to position: Int64) async throws {
        try await superuser.run("select setval('outbox_position_seq', greatest(\(position), 1), \(position > 0))")
    }

    /// A consumer that stands where the lane does.
    func reader(_ lane: TestLane, named consumer: String = "audit", epoch: Epoch? = nil) async -> RetentionReader {
        RetentionReader(consumer: consumer, head: .at(await lane.checkpoint, epoch ?? self.epoch))
    }

    /// A consumer that has applied all there is.
    func levelReader(named consumer: String = "audit") async throws -> RetentionReader {
        let lane = try await TestLane()
        _ = try await lane.drain()
        return await reader(lane, named: consumer)
    }

    /// - Returns: the fates by the first position of the partition.
    @discardableResult
    func prune(
        _ readers: [RetentionReader], cutoff: Timestamp = cutoff, dryRun: Bool = false, attempts: Int = 3, on connection: Connection? = nil
    ) async throws -> [Int64: PartitionFate] {
        let retention = OutboxRetention(
            readers: readers, cutoff: cutoff, now: OperationContext.test.now,
            patience: RetentionPatience(attempts: attempts, longestPause: .milliseconds(5)))
        let source: Connection
        if let connection { source = connection } else { source = try await Self.connect() }
        var fates: [Int64: PartitionFate] = [:]
        try await retention.prune(source, dryRun: dryRun) { fates[$0.partition.lower] = $0 }
        return fates
    }

    /// The first positions of the partitions that are there, by the catalog.
    func partitions() async throws -> [Int64] {
        try await database.values(
            """
            select substr(inhrelid::regclass::text, 8)::bigint from pg_inherits
            where inhparent = 'outbox'::regclass and inhrelid <> 'outbox_default'::regclass order by 1
            """, as: Int64.self)
    }

    /// The first positions of the partitions that are recorded as dropped.
    func drops() async throws -> [Int64] {
        try await database.values("select lower from outbox_drops order by lower", as: Int64.self)
    }
}

extension StoredEvent {
    /// The hash of a partition by the words of docs/outbox.md.
    static func digest(of events: [StoredEvent], lower: Int64) -> [UInt8] {
        var blocks: [Int64: [UInt8]] = [:]
        for event in events.sorted(by: { $0.position < $1.position }) {
            let position = (0..<8).reversed().map { UInt8(truncatingIfNeeded: event.position >> ($0 * 8)) }
            blocks[(event.position - lower) / 8_192, default: []] += position + event.hash
        }
        return SHA256.hash(blocks.sorted { $0.key < $1.key }.flatMap { SHA256.hash($0.value) })
    }
}
