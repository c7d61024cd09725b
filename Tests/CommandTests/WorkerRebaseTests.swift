import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// `worker rebase` as operators and scripts meet it. What it does to real restores is tested in FaultTests.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct WorkerRebaseTests {
    private static let command = ["worker", "rebase", "organization", "-o", "json"]
    /// Those that read the organization service, and whose databases they are in.
    private static let consumers = ["organization", "billing", "workflow", "workflow-saga", "notification", "audit", "analytics"]
    private static let services = ["organization", "billing", "workflow", "notification", "audit", "analytics"]

    /// Two organizations that every lane has applied.
    private func prepare(_ program: Program) async throws {
        #expect(await program.run("db", "seed").status == 0)
        for slug in ["first", "second", "third"] {
            #expect(await program.run("org", "create", slug, "--owner", OutputTests.owner).status == 0)
        }
        #expect(await program.run("worker", "run", "--once").status == 0)
    }

    /// The organization's lanes take their source for a promoted standby, or for one in another cluster.
    private func change(isForeign: Bool = false) async throws {
        if isForeign { try await TestDatabases.current["organization"].reloadOutbox() }
        for service in Self.services {
            let epoch: SQL = isForeign ? "'1' || epoch" : "regexp_replace(epoch, '^(\\d+)/\\d+', '\\1/99')"
            try await TestDatabases.current[service].run(
                "update checkpoints set epoch = \(fragment: epoch) where source = 'organization'")
        }
    }

    private func records() async throws -> Int {
        try await TestDatabases.current["organization"].number("select count(*) from outbox_rebases")
    }

    @Test func `where nothing happened nothing is asked or done`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            for flags in [[], ["--dry-run"], ["--yes"]] {
                let result = await program.run(Self.command + flags)
                #expect(result.status == 0 && result.stderr.contains("needs a rebase"), "\(result)")
                #expect(try result.json()["items"]?.elements.isEmpty == true)
            }
            #expect(try await records() == 0)
        }
    }

    @Test func `it is shown first, asked for, done, and recorded`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await change()
            let stopped = await program.run("worker", "run", "--once")
            #expect(stopped.status == 8 && stopped.code == "LANE_SOURCE_CHANGED", "\(stopped)")
            #expect(stopped.stderr.contains("saasctl worker rebase organization"), "\(stopped)")

            let before = try await DatabaseContents(of: TestDatabases.current["audit"].connect(as: .superuser))
            let unasked = await program.run(Self.command)
            #expect(unasked.status == 6 && unasked.stderr.contains("\"CONFIRMATION_NEEDED\""), "\(unasked)")
            #expect(unasked.stderr.contains("let \(Self.consumers.count) lanes go on with \\\"organization\\\" as it is now"), "\(unasked)")
            #expect(unasked.stderr.contains("--yes") && unasked.stdout.isEmpty)
            let dry = await program.run(Self.command + ["--dry-run"])
            #expect(dry.status == 0 && dry.stderr.isEmpty, "\(dry)")
            #expect(try await records() == 0)
            #expect(try await DatabaseContents(of: TestDatabases.current["audit"].connect(as: .superuser)) == before)

            let done = await program.run(Self.command + ["--yes", "--reason", "ticket 17"])
            #expect(done.status == 0 && done.stderr.isEmpty && done.stdout == dry.stdout, "\(done)")
            let document = try done.json()
            #expect(document["schema"]?.string == "saasctl/v1" && document["kind"]?.string == "LaneRebaseList")
            let items = try #require(document["items"]?.elements)
            #expect(items.compactMap { $0["consumer"]?.string } == Self.consumers)
            #expect(
                items.allSatisfy {
                    $0["source"]?.string == "organization" && $0["way"]?.string == "goes_on" && $0["applied"]?.integer == 0
                        && $0["lost"]?.integer == 0
                }, "\(done)")
            let operations = try await TestDatabases.current["organization"].texts(
                "select concat_ws(' ', command, array_to_string(flags, ' '), reason) from operations where command like '%rebase'")
            #expect(operations.count == 1 && operations[0]?.contains("ticket 17") == true, "\(operations)")
            #expect(
                try await TestDatabases.current["billing"].number("select count(*) from outbox where type = 'saas.lane.rebased.v1'") == 1)
            #expect(await program.run("worker", "run", "--once").status == 0)
        }
    }

    @Test func `the table says how each lane goes on`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await change()
            let result = await program.run("worker", "rebase", "organization", "--dry-run")
            #expect(result.lines.first?.split(separator: " ") == ["CONSUMER", "SOURCE", "WAY", "APPLIED", "LOST"], "\(result)")
            #expect(result.lines.count == 1 + Self.consumers.count && result.lines[1].contains("goes on"), "\(result)")
        }
    }

    @Test func `what was lost has to be accepted, and what is new to be told`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await change()
            let organization = TestDatabases.current["organization"]
            try await organization.run("delete from outbox where position = (select max(position) from outbox)")
            let loss = await program.run(Self.command + ["--yes"])
            #expect(loss.status == 6 && loss.stderr.contains("\"REBASE_LOSS\"") && loss.stderr.contains("--accept-loss"), "\(loss)")
            #expect(loss.stderr.contains("billing<organization: 1 of the last"), "\(loss)")
            let unsaid = await program.run(Self.command + ["--yes", "--accept-loss"])
            #expect(
                unsaid.status == 6 && unsaid.stderr.contains("\"REBASE_NEW_ROWS\"") && unsaid.stderr.contains("--new-from"), "\(unsaid)")
            #expect(unsaid.stderr.contains("was there before"), "\(unsaid)")
            let early = await program.run(Self.command + ["--yes", "--accept-loss", "--new-from", "1"])
            #expect(early.status == 6 && early.stderr.contains("what is new begins behind it"), "\(early)")
            let done = await program.run(Self.command + ["--yes", "--accept-loss", "--new-from", "none"])
            #expect(done.status == 0, "\(done)")
            #expect(try done.json()["items"]?.elements.allSatisfy { $0["lost"]?.integer == 1 } == true, "\(done)")
            #expect(await program.run("org", "create", "later", "--owner", OutputTests.owner).status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
        }
    }

    /// A consumer passes over an event whose number it has seen, so what a restored source tells next must have a higher one than what it has lost.
    @Test func `what is changed after a loss takes effect where the lost had taken effect`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let (organization, billing, workflow) = (
                TestDatabases.current["organization"], TestDatabases.current["billing"], TestDatabases.current["workflow"]
            )
            let member = UUID.numbered(77)
            func change(_ words: String...) async {
                let result = await program.run(["org", "member"] + words + ["--org", "first", "--yes"])
                #expect(result.status == 0, "\(result)")
            }
            func role() async throws -> [String?] {
                try await workflow.texts("select role from membership_cache where user_id = \(member)")
            }
            await change("add", member.text, "--role", "viewer")
            #expect(await program.run("worker", "run").status == 0)
            let position = try await organization.number("select max(position) from outbox")
            let numbers = try await organization.number("select event_sequence from organizations where slug = 'first'")
            for role in ["admin", "viewer", "admin"] { await change("role", member.text, role) }
            #expect(await program.run("worker", "run").status == 0)
            #expect(try await role() == ["admin"])

            // As a backup has it, in the same cluster.
            try await organization.run("delete from outbox where position > \(position)")
            try await organization.run("select setval('outbox_position_seq', \(position))")
            try await organization.run("update organizations set event_sequence = \(numbers) where slug = 'first'")
            try await organization.run("update memberships set role = 'viewer' where user_id = \(member)")
            for service in Self.services {
                try await TestDatabases.current[service].run("update checkpoints set epoch = epoch || '9' where source = 'organization'")
            }
            // Written before anybody has noticed, where a lost event was.
            await change("add", UUID.numbered(78).text)
            let version = try await organization.number("select version from organizations where slug = 'first'")
            let untouched = try await billing.number("select sum(event_sequence)::bigint from subscriptions")
            let dry = await program.run(Self.command + ["--accept-loss", "--dry-run"])
            #expect(dry.status == 0, "\(dry)")
            #expect(try await organization.number("select event_sequence from organizations where slug = 'first'") == numbers + 1)
            let done = await program.run(Self.command + ["--accept-loss", "--yes"])
            #expect(done.status == 0, "\(done)")
            #expect(try await organization.number("select event_sequence from organizations where slug = 'first'") > numbers + 3)
            #expect(try await organization.number("select last_position from outbox_rebases") == position)
            #expect(try await organization.number("select version from organizations where slug = 'first'") > version)
            #expect(try await billing.number("select sum(event_sequence)::bigint from subscriptions") == untouched)

            await change("role", member.text, "member")
            #expect(await program.run("worker", "run").status == 0)
            #expect(try await role() == ["member"])
            await change("remove", member.text)
            #expect(await program.run("worker", "run").status == 0)
            #expect(try await role() == [nil])
            let complete = await program.run("audit", "verify", "--complete")
            #expect(complete.status == 0, "\(complete)")
        }
    }

    /// A lost event waits as a letter; the one that gets its position afterwards waits behind another.
    @Test func `a new event may take the position of a letter`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            let organization = TestDatabases.current["organization"]
            let letters = DeadLetters()
            try await letters.poison(7, 1)
            try await letters.append([(7, 1), (8, 1), (9, 1), (6, 1), (5, 1)])
            #expect(await program.run("worker", "run", "--once").status == 0)
            let position = try await organization.number("select position from outbox where id = \(DeadLetters.event(7, 1))")
            try await change()
            try await organization.run("delete from outbox where position >= \(position)")
            try await organization.run("select setval('outbox_position_seq', \(position - 1))")
            #expect(
                await program.run(Self.command + ["--yes", "--accept-loss", "--new-from", "none"]).status == 0)
            // What the rebase has told of the lane that is in this very database is behind what was lost.
            try await organization.run("select setval('outbox_position_seq', \(position - 1))")
            try await organization.run("delete from outbox where position >= \(position)")
            try await letters.append([(7, 2)])
            #expect(try await organization.number("select max(position) from outbox") == position)
            let run = await program.run("worker", "run", "--once")
            #expect(run.status == 0, "\(run)")
            #expect(
                try await TestDatabases.current["workflow"].number(
                    "select count(*) from dead_letters where position = \(position) and consumer = 'workflow'") == 2)
        }
    }

    /// Files that were given another system identifier, as tools that split off a standby do: ids go on, nothing was loaded.
    @Test func `another cluster with the same files goes on`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            for service in Self.services {
                try await TestDatabases.current[service].run("update checkpoints set epoch = '1' || epoch where source = 'organization'")
            }
            let result = await program.run(Self.command + ["--yes"])
            #expect(result.status == 0, "\(result)")
            #expect(try result.json()["items"]?.elements.allSatisfy { $0["way"]?.string == "goes_on" } == true, "\(result)")
            #expect(await program.run("org", "create", "later", "--owner", OutputTests.owner).status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
        }
        #expect(try await TestDatabases.current.findings() == [])
    }

    @Test func `command lines that make no sense`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            for flags in [
                [], ["nowhere"], ["organization", "--new-from", "0"], ["organization", "--new-from", "-3"],
                ["organization", "--new-from", "some"], ["organization", "billing"],
            ] {
                let result = await program.run(["worker", "rebase"] + flags)
                #expect(result.status == 64 && result.stdout.isEmpty, "\(result)")
            }
        }
    }

    @Test func `where changes are forbidden it is refused, and only looking is not`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await change()
            #expect(await program.run(Self.command + ["--yes", "--read-only"]).status == 6)
            #expect(await program.run(Self.command + ["--yes", "--as", UUID.numbered(1).text]).status == 4)
            let careful = try program.with(profile: "careful", "read_only: true")
            let refused = await careful.run(Self.command + ["--yes"])
            #expect(refused.status == 6 && refused.stderr.contains("\"READ_ONLY\""), "\(refused)")
            #expect(await careful.run(Self.command + ["--dry-run"]).status == 0)
            let explaining = try program.with(profile: "explaining", "require_reason: true")
            let unexplained = await explaining.run(Self.command + ["--yes"])
            #expect(unexplained.status == 6 && unexplained.stderr.contains("\"REASON_NEEDED\""), "\(unexplained)")
            #expect(try await records() == 0)
            #expect(await explaining.run(Self.command + ["--yes", "--reason", "x"]).status == 0)
        }
    }

    @Test func `a lane that is held is 75, a database that is down 69, and a missing owner 78`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await prepare(program)
            try await change(isForeign: true)
            let holder = try await TestDatabases.current["audit"].connect()
            #expect(try await holder.session { try CheckpointStore(consumer: "audit", source: "organization").tryLock(in: $0) })
            let locked = await program.run(Self.command + ["--yes"])
            #expect(
                locked.status == 75 && locked.stderr.contains("audit<organization") && locked.stderr.contains("stop the workers"),
                "\(locked)")
            await holder.close()
            for service in ["ORGANIZATION", "ANALYTICS"] {
                let down = ["SAASCTL_\(service)_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=x"]
                let result = await program.run(Self.command + ["--yes"], variables: down)
                #expect(result.status == 69, "\(result)")
            }
            var ownerless = program
            ownerless.environment["SAASCTL_OWNER_DATABASE"] = nil
            let result = await ownerless.run(Self.command + ["--yes"])
            #expect(result.status == 78, "\(result)")
            #expect(await program.run(Self.command + ["--yes"]).status == 0)
            #expect(await program.run("worker", "run", "--once").status == 0)
        }
    }
}
