import FoundationEssentials
import Kernel
import Postgres
import TestSupport

/// Members of organizations for the workflow consumer, some of whom it cannot take.
struct DeadLetters {
    static let now = Timestamp(year: 2026, month: 3, day: 1)

    private var workflow: TestDatabase { TestDatabases.current["workflow"] }

    static func event(_ organization: Int, _ sequence: Int) -> UUID { .numbered(UInt64(organization * 10_000 + sequence)) }

    /// Appends events of some organizations, `(organization, sequence)`, in this order.
    func append(_ events: [(Int, Int)], data: String? = nil) async throws {
        try await TestDatabases.current["organization"].run(
            """
            insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
            select id, 'saas.member.added.v1', organization, sequence, \(Self.now)::timestamptz, organization, id, 'service:test',
                coalesce(\(data)::json, json_build_object('organization_id', organization, 'user_id', id, 'role', 'member')), sha256('x')
            from unnest(\(events.map { Self.event($0.0, $0.1) })::uuid[], \(events.map { UUID.numbered(UInt64($0.0)) })::uuid[],
                \(events.map(\.1))::int8[]) with ordinality as e (id, organization, sequence, nth) order by nth
            """)
    }

    /// Makes the workflow consumer fail on an event until ``mend(_:_:)``.
    func poison(_ organization: Int, _ sequence: Int) async throws {
        try await workflow.run(
            """
            alter table membership_cache add constraint \(identifier: "poison_\(organization)_\(sequence)")
                check (user_id <> '\(unsafeRaw: Self.event(organization, sequence).text)')
            """)
    }

    func mend(_ organization: Int, _ sequence: Int) async throws {
        try await workflow.run("alter table membership_cache drop constraint \(identifier: "poison_\(organization)_\(sequence)")")
    }

    /// Letters without a lane that made them, as `state` is valid for them: one of each organization, all of one instant.
    func insert(_ organizations: ClosedRange<Int>, state: String, consumer: String = "workflow", sequence: Int = 1) async throws {
        let numbers = Array(organizations)
        try await TestDatabases.current[consumer].run(
            """
            insert into dead_letters (consumer, source, state, attempts, due_at, parked_at, error_code, error, position, id, type, subject,
                sequence, time, correlation_id, actor, data, hash)
            select \(consumer), 'organization', \(state), 10, case when \(state) = 'retrying' then \(Self.now)::timestamptz + interval '10 minutes' end,
                \(Self.now), 'TEST', 'a test', 10000 * \(sequence)::int + \(organizations.lowerBound)::int + nth, id, 'saas.member.added.v1',
                organization, \(sequence),
                \(Self.now), id, 'service:test', json_build_object('organization_id', organization, 'user_id', id, 'role', 'member'), sha256('x')
            from unnest(\(numbers.map { Self.event($0, sequence) })::uuid[], \(numbers.map { UUID.numbered(UInt64($0)) })::uuid[])
                with ordinality as e (id, organization, nth) order by nth
            """)
    }

    func kill(_ organization: Int, _ sequence: Int) async throws {
        try await workflow.run(
            "update dead_letters set state = 'dead', due_at = null, attempts = 10 where id = \(Self.event(organization, sequence))")
    }

    /// `1#2 parked 0`, in the order of the lane.
    func all(of consumer: String = "workflow") async throws -> [String?] {
        try await TestDatabases.current[consumer].texts(
            """
            select ltrim(right(subject::text, 3), '0') || '#' || sequence || ' ' || state || ' ' || attempts from dead_letters order by turn
            """)
    }

    /// What the consumer has applied: `1#2`.
    func applied() async throws -> [String?] {
        try await workflow.texts(
            "select ltrim(right(organization_id::text, 3), '0') || '#' || sequence from membership_cache order by organization_id, sequence"
        )
    }
}
