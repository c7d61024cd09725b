import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// The expected hashes were computed once by Python's hashlib and struct from the table in `EventHash`'s documentation. They never change:
/// the audit log's leaves are made of them.
@Suite struct EventHashTests {
    private let created = StoredEvent(
        source: "organization", position: 4_711, id: .id(1), type: "saas.organization.created.v1", subject: .id(2), sequence: 1,
        time: Timestamp(microseconds: 1_773_500_966_535_897), organizationId: .id(2), correlationId: .id(3), causationId: nil,
        actor: "operator:ada", traceparent: nil,
        data: #"{"organization_id":"019cece3-51c7-7000-8000-000000000002","owner_id":"019cece3-51c7-7000-8000-000000000004"}"#, hash: [])

    @Test func `the preimage is the envelope in order, each field behind its length`() {
        let expected = """
            01 00000010 019cece351c770008000000000000001 0000000c 6f7267616e697a6174696f6e \
            0000001c 736161732e6f7267616e697a6174696f6e2e637265617465642e7631 00000010 019cece351c770008000000000000002 \
            00000008 0000000000000001 00000008 0002effc23e6a2d9 00000010 019cece351c770008000000000000002 \
            00000010 019cece351c770008000000000000003 ffffffff 0000000c 6f70657261746f723a616461 ffffffff 0000006c
            """
        let preimage = EventHash.preimage(of: created)
        #expect(hexadecimal(preimage).hasPrefix(expected.replacing(" ", with: "")))
        #expect(preimage.suffix(0x6C) == Array(created.data.utf8)[...])
        #expect(preimage.count == 289)
    }

    @Test func `the hash of a common event`() {
        #expect(hexadecimal(EventHash.hash(of: created)) == "bea821f7cc8c6971662784deac8478e52cff3afd4942cf775c80c8b8b9381c26")
    }

    @Test func `every field at its edge: a time before 1970, the largest number, any script, JSON as it was written`() {
        let event = StoredEvent(
            source: "billing", position: 1, id: .id(5), type: "saas.plan.created.v12", subject: .id(6), sequence: .max,
            time: Timestamp(microseconds: -1), organizationId: nil, correlationId: .id(3), causationId: .id(1),
            actor: "service:Zoë\u{2028}\u{1F600}", traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            data: #"{ "n" : 1.0,"ß":"\u00df" }"#, hash: [])
        #expect(hexadecimal(EventHash.hash(of: event)) == "6eee584b47a52c589039f1f893ff38755348149779eb0f941bd6ecfa356a2697")
    }

    @Test func `an empty text is not an absent one`() {
        func event(traceparent: String?) -> StoredEvent {
            let zero = UUID(high: 0, low: 0)
            return StoredEvent(
                source: "", position: 1, id: zero, type: "", subject: zero, sequence: 0, time: Timestamp(year: 2000, month: 1, day: 1),
                organizationId: nil, correlationId: zero, causationId: nil, actor: "", traceparent: traceparent, data: "", hash: [])
        }
        #expect(
            hexadecimal(EventHash.hash(of: event(traceparent: ""))) == "c039ee09b695d3a800e4caa6bed180a93932c1dadffd106f03e08fdaa840e6ac")
        #expect(
            hexadecimal(EventHash.hash(of: event(traceparent: nil))) == "319f42859790ea4070ae9d4d4cd6bb3cb1aa7efe148b2c693e49c8b46a4f8156")
    }

    @Test(.databases("organization")) func `SQL computes the same from the stored columns, and Swift from what it reads`() async throws {
        let database = try await TestDatabases.current["organization"].connect()
        let context = OperationContext(
            now: Timestamp(microseconds: 1_773_500_966_000_001), actor: .operatorAccount("Zoë"), correlationId: .id(3), causationId: .id(9))
        try await database.append(
            [
                try .thing(.id(1), text: "plain", organization: .id(8)), try .thing(.id(2), sequence: .max),
                try .thing(.id(3), text: "quotes \" and \\ and \u{1F600} and \u{2028}"),
            ], context: context)
        try await database.append([try .thing(.id(4))])
        let stored = try await database.storedEvents()
        #expect(stored.count == 4)
        for event in stored { #expect(event.hash == EventHash.hash(of: event)) }
        let recomputed = try await database.values("select \(fragment: hashInSQL) from outbox order by position", as: Bytea.self)
        #expect(recomputed.map(\.bytes) == stored.map(\.hash))
    }

    /// The table in `EventHash`'s documentation, in SQL.
    private var hashInSQL: SQL {
        let fields: [SQL] = [
            "uuid_send(id)", "convert_to('organization', 'UTF8')", "convert_to(type, 'UTF8')", "uuid_send(subject)", "int8send(sequence)",
            "timestamptz_send(time)", "uuid_send(organization_id)", "uuid_send(correlation_id)", "uuid_send(causation_id)",
            "convert_to(actor, 'UTF8')", "convert_to(traceparent, 'UTF8')", "convert_to(data::text, 'UTF8')",
        ]
        let framed = fields.map { "coalesce(int4send(octet_length(\(fragment: $0))) || \(fragment: $0), int4send(-1))" as SQL }
        return "sha256('\\x01'::bytea || \(fragment: .joined(framed, separator: " || ")))"
    }
}
