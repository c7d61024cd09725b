import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// Discarding at the desk, for several consumers of one database at once.
@Suite(.databases("billing")) struct LetterDiscardTests {
    private func insert(_ consumer: String, _ ids: [UUID]) async throws {
        try await connect("billing").run(
            """
            insert into dead_letters (consumer, source, state, attempts, parked_at, error_code, position, id, type, subject, sequence, time,
                correlation_id, actor, data, hash)
            select \(consumer), 'organization', 'dead', 3, now(), 'TEST', coalesce((select max(position) from dead_letters), 0) + nth, id,
                'saas.thing.changed.v2', id, 1, now(), id, 'service:test', '{}', sha256('x')
            from unnest(\(ids)) with ordinality as e (id, nth)
            """)
    }

    private func discard(consumer: String? = nil) async throws {
        var filter = DeadLetterFilter()
        filter.consumer = consumer
        let context = System.context()
        try await connect("billing").transaction { [filter] session in
            let change = try DeadLetterDesk.discard(filter, in: session)
            try OutboxWriter(service: "billing").append(change.events, in: session, context: context)
        }
    }

    @Test func `the events that tell of one event are numbered without gaps`() async throws {
        try await insert("one", [.id(1), .id(2)])
        try await insert("two", [.id(1)])
        try await insert("three", [.id(1)])
        try await discard(consumer: "one")
        try await discard()
        try await insert("one", [.id(1)])
        try await discard()
        let told = try await connect("billing").values(
            """
            select right(subject::text, 1) || '#' || sequence || ' ' || (data ->> 'consumer') from outbox
            where type = 'saas.letter.discarded.v1' order by position
            """, as: String.self)
        #expect(told == ["1#1 one", "2#1 one", "1#2 two", "1#3 three", "1#4 one"])
    }
}
