import Audit
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// What somebody with all rights does to the log behind its back is found and named: the tree is that of RFC 9162, section 2.1.1, over the hashes
/// that docs/outbox.md describes ("The hash of an event", "The audit log's leaves"), and goes on from heads by section 2.1.4. Each deed is undone
/// after the look at it.
@Suite(.databases("audit", "organization"), .hangLimit) struct AuditVerifierTests {
    private static let sources = ["audit", "organization"]

    /// Six events in two batches and the heads that tell of them; leaves 0 to 7, heads of size 3, 4, 7 and 8.
    private func prepare() async throws {
        for (count, first) in [(UInt64(3), UInt64(1)), (3, 10)] {
            try await ThingChanged.append(count, first: first)
            #expect(await WorkerRun.test([AuditConsumer(sources: Self.sources)]).untilLevel().failure == nil)
        }
    }

    /// Looks at the log after a deed, and undoes the deed.
    private func verify(after deed: String = "", against kept: [TreeHead] = []) async throws -> AuditVerification {
        let owner = try await connect("audit", as: .superuser)
        defer { Task { await owner.close() } }
        return try await owner.transaction(TransactionOptions(isolation: .repeatableRead, ending: .rollback)) { session in
            try session.script(
                """
                alter table entries disable trigger all; alter table leaf_runs disable trigger all; alter table tree_heads disable trigger all;
                """ + deed)
            return try AuditVerifier.verify(sources: Self.sources, against: kept, in: session)
        }
    }

    private func head(of size: Int64) async throws -> TreeHead {
        let root = try await connect("audit").value("select root from tree_heads where size = \(size)", as: Bytea.self)
        return TreeHead(origin: "saasctl/audit", size: size, root: root.bytes)
    }

    private func names(_ verification: AuditVerification) -> [String] {
        verification.findings.map { finding in
            let place = [finding.source, finding.ordinal.map(String.init), finding.leaf.map { "leaf \($0)" }].compactMap(\.self)
            return ([finding.kind.rawValue] + place).joined(separator: " ")
        }
    }

    /// By the words of docs/outbox.md.
    private static let hash = """
        (select sha256('\\x01' || string_agg(
            case when field is null then int4send(-1) else int4send(octet_length(field)) || field end, '' order by nth))
        from unnest(array[uuid_send(id), convert_to(source, 'UTF8'), convert_to(type, 'UTF8'), uuid_send(subject), int8send(sequence),
            timestamptz_send(time), uuid_send(organization_id), uuid_send(correlation_id), uuid_send(causation_id),
            convert_to(actor, 'UTF8'), convert_to(traceparent, 'UTF8'), convert_to(data::text, 'UTF8')]) with ordinality as f (field, nth))
        """

    /// Makes an entry another event, with the hash that this has.
    private static let rewritten = """
        update entries set actor = 'operator:mallory' where source = 'organization' and ordinal = 5;
        update entries set hash = \(hash) where source = 'organization' and ordinal = 5;
        """

    /// Entry 5 of organization is leaf 5, in the run that begins with leaf 4.
    private static let released = """
        update leaf_runs set hashes = substr(hashes, 1, 32) || (select sha256('\\x0001' || set_byte('\\x00', 0, octet_length(source))
            || convert_to(source, 'UTF8') || int8send(position) || hash) from entries where source = 'organization' and ordinal = 5)
            || substr(hashes, 65) where first_leaf = 4;
        """

    private static let copied = """
        insert into entries select source, 7, 7, 'ffffffff-ffff-7fff-8fff-ffffffffffff', type, subject, 2, now(), organization_id,
            correlation_id, causation_id, actor, traceparent, data, hash from entries where source = 'organization' and ordinal = 6;
        update entries set hash = \(hash) where ordinal = 7;
        """

    @Test func `what nobody has touched is sound, and goes on from every head there was`() async throws {
        #expect(try await verify().findings.isEmpty)
        try await prepare()
        let kept = try await [head(of: 3), head(of: 4), head(of: 7), head(of: 8)]
        let found = try await verify(against: kept)
        #expect(names(found) == [] && found.findingCount == 0)
        #expect(found.entries == 8 && found.withoutLeaf == 0 && found.treeSize == 8 && found.heads == 4 && found.keptHeads == 4)
        #expect(found.rootHash == kept[3].root.hexadecimal)
        #expect(found.consistency == ConsistencyProof(from: 8, to: 8, path: []))
        for head in kept.dropLast() {
            let found = try await verify(against: [head])
            #expect(names(found) == [] && found.consistency?.from == head.size && found.consistency?.path.isEmpty == false)
        }
        let first = try await verify(against: [TreeHead(origin: "saasctl/audit", size: 0, root: MerkleFrontier().root)])
        #expect(names(first) == [])
    }

    private static let deeds: [(what: String, sql: String, found: [String])] = [
        (
            "an actor altered", "update entries set actor = 'operator:mallory' where source = 'organization' and ordinal = 2",
            ["entry_altered organization 2 leaf 1"]
        ),
        (
            "data altered", "update entries set data = '{\"number\": 99}' where source = 'organization' and ordinal = 6",
            ["entry_altered organization 6 leaf 6"]
        ),
        (
            "white space in data", "update entries set data = (data::text || ' ')::json where source = 'audit' and ordinal = 1",
            ["entry_altered audit 1 leaf 3"]
        ),
        (
            "a time that no event has", "update entries set time = 'infinity' where source = 'organization' and ordinal = 1",
            ["entry_altered organization 1 leaf 0"]
        ),
        (
            "a hash altered", "update entries set hash = sha256('x') where source = 'organization' and ordinal = 3",
            ["entry_altered organization 3 leaf 2"]
        ),
        (
            "a position altered", "update entries set position = 77 where source = 'organization' and ordinal = 3",
            ["leaf_altered organization 3 leaf 2"]
        ),
        ("an event rewritten with its hash", rewritten, ["leaf_altered organization 5 leaf 5"]),
        ("an event rewritten with its hash and leaf", rewritten + released, ["head_altered leaf 4"]),
        ("an entry deleted", "delete from entries where source = 'organization' and ordinal = 2", ["entry_missing organization 2 leaf 1"]),
        ("the last entry deleted", "delete from entries where source = 'audit' and ordinal = 2", ["entry_missing audit 2 leaf 7"]),
        (
            "all entries deleted", "delete from entries",
            [1, 2, 3].map { "entry_missing organization \($0) leaf \($0 - 1)" } + ["entry_missing audit 1 leaf 3"]
                + [4, 5, 6].map { "entry_missing organization \($0) leaf \($0)" } + ["entry_missing audit 2 leaf 7"]
        ),
        ("an entry put behind the last", copied, ["entry_stray organization 7"]),
        ("an entry of nobody", copied + "update entries set source = 'intruder' where ordinal = 7", ["entry_stray intruder 7"]),
        (
            "an entry in front of the first",
            "alter table entries drop constraint entries_ordinal_check;" + copied + "update entries set ordinal = 0 where ordinal = 7",
            ["entry_stray organization 0"]
        ),
        (
            "an entry beside another",
            """
            alter table entries drop constraint entries_pkey;
            \(copied) update entries set ordinal = 2 where ordinal = 7
            """, ["entry_stray organization 2"]
        ),
        (
            "two entries exchanged",
            """
            update entries set ordinal = -1 where source = 'organization' and ordinal = 1;
            update entries set ordinal = 1 where source = 'organization' and ordinal = 3;
            update entries set ordinal = 3 where ordinal = -1
            """.replacing(
                "update entries set ordinal = -1",
                with: """
                    alter table entries drop constraint entries_ordinal_check; update entries set ordinal = -1
                    """), ["leaf_altered organization 1 leaf 0", "leaf_altered organization 3 leaf 2"]
        ),
        (
            "a leaf altered", "update leaf_runs set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where first_leaf = 0",
            ["leaf_altered organization 2 leaf 1", "head_altered leaf 0"]
        ),
        ("leaves deleted", "delete from leaf_runs where first_leaf = 3", ["leaf_missing leaf 3", "leaf_missing audit 1"]),
        (
            "leaves cut short",
            """
            alter table leaf_runs drop constraint leaf_runs_check;
            update leaf_runs set hashes = substr(hashes, 1, 64) where first_leaf = 4
            """, ["leaf_altered organization leaf 4"]
        ),
        ("the last leaf deleted", "delete from leaf_runs where first_leaf = 7", ["leaf_missing leaf 7"]),
        ("a root altered", "update tree_heads set root = sha256('x') where size = 4", ["head_altered leaf 3"]),
        ("a frontier altered", "update tree_heads set frontier = array[sha256('x')] where size = 4", ["head_altered leaf 3"]),
        (
            "a head between batches",
            "insert into tree_heads select 5, root, frontier, event_sequence, made_at from tree_heads where size = 3",
            ["head_altered leaf 4"]
        ),
        ("the newest head deleted", "delete from tree_heads where size = 8", ["head_missing leaf 7"]),
        ("all heads deleted", "delete from tree_heads", ["head_missing leaf 0"]),
    ]

    @Test func `whatever is altered, deleted, inserted or moved is named`() async throws {
        try await prepare()
        for (what, sql, expected) in Self.deeds {
            let found = try await verify(after: sql)
            #expect(names(found).prefix(expected.count).map { $0 } == expected, "\(what): \(found.findings)")
            #expect(found.findingCount == found.findings.count)
        }
        #expect(try await verify().findings.isEmpty, "and all of it was undone")
    }

    @Test func `numbers that no row can have are findings like others`() async throws {
        try await prepare()
        for (table, column) in [
            ("entries", "ordinal"), ("entries", "position"), ("entries", "sequence"), ("leaf_runs", "first_leaf"),
            ("leaf_runs", "first_ordinal"), ("tree_heads", "size"),
        ] {
            for value in ["-9223372036854775808", "-1", "9223372036854775807"] {
                let found = try await verify(
                    after: """
                        alter table entries drop constraint entries_ordinal_check; alter table leaf_runs drop constraint leaf_runs_first_leaf_check;
                        alter table tree_heads drop constraint tree_heads_size_check;
                        update \(table) set \(column) = '\(value)' where \(column) = (select max(\(column)) from \(table))
                            and ctid = (select max(ctid) from \(table) where \(column) = (select max(\(column)) from \(table)));
                        """)
                #expect(found.findingCount > 0, "\(table).\(column) \(value)")
            }
        }
    }

    /// Only a head that was kept elsewhere shows what fits in itself.
    @Test func `a log that was cut off or written anew contradicts the heads that were kept`() async throws {
        try await prepare()
        let kept = try await [head(of: 4), head(of: 8)]
        let cutOff = """
            delete from tree_heads where size > 4; delete from leaf_runs where first_leaf >= 4;
            delete from entries where source = 'organization' and ordinal > 3; delete from entries where source = 'audit' and ordinal > 1;
            update checkpoints set events = 3 where consumer = 'audit' and source = 'organization';
            update checkpoints set events = 1 where consumer = 'audit' and source = 'audit';
            """
        #expect(names(try await verify(after: cutOff)) == [])
        #expect(names(try await verify(after: cutOff, against: kept)) == ["cut_off leaf 4"])

        let tree = try await connect("audit").values(
            "select case leaf when 5 then sha256('x') else hash end from leaves order by leaf", as: Bytea.self)
        var anew = MerkleFrontier()
        var heads = ""
        for leaf in tree {
            anew.append(leaf.bytes)
            let frontier = anew.subtrees.map { "'\\x\($0.hexadecimal)'::bytea" }.joined(separator: ",")
            heads += "update tree_heads set root = '\\x\(anew.root.hexadecimal)', frontier = array[\(frontier)] where size = \(anew.size);"
        }
        heads += "update leaf_runs set hashes = overlay(hashes placing sha256('x') from 33) where first_leaf = 4;"
        #expect(names(try await verify(after: heads)) == ["leaf_altered organization 5 leaf 5"])
        let found = try await verify(after: heads, against: kept)
        #expect(names(found) == ["leaf_altered organization 5 leaf 5", "head_contradicted leaf 8"])
        #expect(found.consistency == nil)
    }

    @Test func `entries without a leaf are looked at too`() async throws {
        try await prepare()
        let holder = try await connect("audit")
        try await holder.run("select pg_advisory_lock(hashtextextended('saasctl.audit.sequencer', 0))")
        try await ThingChanged.append(3, first: 20)
        #expect(await WorkerRun.test([AuditConsumer(sources: Self.sources)]).untilLevel().failure == nil)
        let found = try await verify()
        #expect(names(found) == [] && found.entries == 11 && found.withoutLeaf == 3 && found.treeSize == 8)
        for (deed, expected) in [
            ("update entries set data = '{}' where ordinal = 8", ["entry_altered organization 8"]),
            ("delete from entries where ordinal = 8", ["entry_missing organization 8"]),
            ("delete from entries where ordinal >= 8", ["entry_missing organization 8"]),
        ] {
            #expect(names(try await verify(after: deed)) == expected, "\(deed)")
        }
    }

    /// Longer than what is held at once, and than a batch of the sequencer.
    @Test func `a long log is read in pieces, and what was altered is named in each`() async throws {
        try await ThingChanged.append(10_500)
        #expect(await WorkerRun.test([AuditConsumer(sources: Self.sources)]).untilLevel().failure == nil)
        let sound = try await verify()
        #expect(names(sound) == [] && sound.treeSize == sound.entries && sound.entries > 10_500)
        let places = [1, 4_000, 4_001, 8_000, 10_000, 10_001, 10_500]
        let leaves = try await connect("audit").values(
            "select leaf from leaves where source = 'organization' and ordinal = any (\(places)) order by ordinal", as: Int64.self)
        let list = places.map(String.init).joined(separator: ",")
        let found = try await verify(after: "update entries set actor = 'x' where source = 'organization' and ordinal in (\(list))")
        #expect(names(found) == zip(places, leaves).map { "entry_altered organization \($0) leaf \($1)" })
        let all = try await verify(after: "update entries set actor = 'x'")
        #expect(Int64(all.findingCount) == all.entries && all.findings.count == 100)
        // Whatever the planner knows of the tables, nothing is read twice.
        try await connect("audit", as: .superuser).run("analyze")
        let reader = try await connect("audit")
        try await reader.transaction { session in
            let reads = Query<Int64>(
                "select sum(seq_tup_read + idx_tup_fetch)::bigint from pg_stat_xact_user_tables where relname in ('entries', 'leaf_runs')"
            ) { try $0.get(0) }
            _ = try AuditVerifier.verify(sources: Self.sources, in: session)
            let whole = try session.one(reads)
            #expect(whole <= sound.entries + 200, "\(whole) rows for \(sound.entries)")
        }
        // A path through all of it, of a leaf in each piece.
        let audit = try await connect("audit")
        for ordinal in places {
            let id = try await audit.value("select id from entries where source = 'organization' and ordinal = \(ordinal)", as: UUID.self)
            try await audit.session { session in
                let record = try AuditProver.record(of: id, in: session)
                let head = try AuditProver.head(origin: "a", in: session)
                #expect(try !AuditProver.path(of: record, to: head, in: session).isEmpty)
            }
        }
    }
}
