import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// `dlq`, with real runs of the worker in between.
@Suite(.databases("identity", "organization", "billing", "workflow", "notification", "audit", "analytics"), .hangLimit)
struct DeadLetterCommandTests {
    private let letters = DeadLetters()

    private func lend(_ body: (Program) async throws -> Void) async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(DeadLetters.now)
            try await body(program)
        }
    }

    private func id(_ organization: Int, _ sequence: Int) -> String { DeadLetters.event(organization, sequence).text }

    @discardableResult
    private func work(_ program: Program) async -> CommandResult {
        await program.run("worker", "run", "--once", "--only", "workflow")
    }

    @Test func `a poison event is listed, shown, retried and applied, and its aggregate follows in order`() async throws {
        try await lend { program in
            try await letters.append([(1, 1), (2, 1), (1, 2), (1, 3), (1, 4)])
            try await letters.poison(1, 1)
            try await letters.poison(1, 3)
            #expect(await work(program).status == 0)

            let listed = try await program.run("dlq", "list", "-o", "json").json()
            #expect(listed["kind"]?.string == "DeadLetterList")
            let item = try #require(listed["items"]?.elements.first)
            #expect(listed["items"]?.elements.count == 1)
            #expect(item["consumer"]?.string == "workflow" && item["source"]?.string == "organization" && item["id"]?.string == id(1, 1))
            #expect(item["state"]?.string == "retrying" && item["attempts"]?.integer == 1 && item["parked_behind"]?.integer == 3)
            #expect(item["due_at"]?.string != nil && item["error_code"]?.string != nil && item["since"]?.string == "2026-03-01T00:00:00Z")
            #expect(await program.run("dlq", "list", "--state", "parked", "-o", "name").lines == [id(1, 2), id(1, 3), id(1, 4)])
            #expect(await program.run("dlq", "list").lines.count == 2)
            for none in [["--state", "dead"], ["--consumer", "billing"], ["--type", "saas.member"], ["--aggregate", id(9, 9)]] {
                #expect(await program.run(["dlq", "list", "-o", "name"] + none).stdout.isEmpty)
            }
            for some in [["--type", "saas.member.added"], ["--type", "saas.member.added.v1"], ["--source", "organization"]] {
                #expect(await program.run(["dlq", "list", "-o", "name"] + some).lines == [id(1, 1)])
            }

            let shown = try await program.run("dlq", "show", id(1, 1), "-o", "json").json()
            let letter = try #require(shown["letters"]?.elements.first)
            #expect(letter["data", "user_id"]?.string == id(1, 1) && letter["error"]?.string?.contains("poison_1_1") == true, "\(shown)")
            #expect(letter["behind"]?.elements.map { $0["id"]?.string } == [id(1, 2), id(1, 3), id(1, 4)])
            let parked = try await program.run("dlq", "show", id(1, 2), "-o", "json").json()["letters"]?.elements.first
            #expect(parked?["state"]?.string == "parked" && parked?["waits_for", "id"]?.string == id(1, 1))
            let text = await program.run("dlq", "show", id(1, 1))
            #expect(text.lines.contains("parked behind it: 3") && text.lines.contains("  \"role\": \"member\"") == false, "\(text)")
            #expect(text.lines.contains("    \"role\": \"member\","), "\(text)")

            let refused = await program.run("dlq", "retry", id(1, 2))
            #expect(refused.status == 5 && refused.code == "LETTER_PARKED" && refused.stderr.contains(id(1, 1)), "\(refused)")

            // Not mended: one more attempt, counted from the beginning.
            try await letters.kill(1, 1)
            #expect(await work(program).status == 8)
            #expect(await program.run("dlq", "retry", id(1, 1), "--reason", "a try").status == 0)
            #expect(try await letters.all() == ["1#1 retrying 0", "1#2 parked 0", "1#3 parked 0", "1#4 parked 0"])
            let again = try await program.run("dlq", "retry", id(1, 1).uppercased(), "-o", "json").json()
            #expect(again["retried"]?.integer == 0 && again["unchanged"]?.integer == 1)
            #expect(await work(program).status == 0)
            #expect(try await letters.all() == ["1#1 retrying 1", "1#2 parked 0", "1#3 parked 0", "1#4 parked 0"])
            let reasons = try await TestDatabases.current["workflow"].texts("select command || ': ' || reason from operations")
            #expect(reasons == ["dlq retry: a try"])

            // Mended: goes on up to the next poison.
            try await letters.mend(1, 1)
            await work(program)
            #expect(try await letters.applied() == ["2#1"], "not due")
            #expect(await program.run("dlq", "retry", id(1, 1)).status == 0)
            #expect(await work(program).status == 0)
            #expect(try await letters.applied() == ["1#1", "1#2", "2#1"])
            #expect(try await letters.all() == ["1#3 retrying 1", "1#4 parked 0"])
        }
    }

    @Test func `what is discarded lets the next ones flow, and everybody can read that it was`() async throws {
        try await lend { program in
            try await letters.append([(1, 1), (1, 2), (1, 3)])
            try await letters.poison(1, 1)
            await work(program)
            let discard = ["dlq", "discard", id(1, 1), "--consumer", "workflow", "--reason", "ticket 17"]
            let unconfirmed = await program.run(discard)
            #expect(unconfirmed.status == 6 && unconfirmed.stderr.contains("--confirm \(id(1, 1))"), "\(unconfirmed)")
            #expect(await program.run(discard + ["--confirm", "workflow"]).status == 6)
            #expect(await program.run(discard + ["--yes"]).status == 6)
            #expect(try await letters.all().count == 3)

            let done = await program.run(discard + ["--confirm", id(1, 1).uppercased(), "-o", "json"])
            #expect(try done.json()["discarded"]?.integer == 1, "\(done)")
            #expect(try await letters.all() == ["1#2 parked 0", "1#3 parked 0"])
            #expect(await program.run("dlq", "retry", id(1, 2)).status == 0, "waits for nothing but the next run")
            #expect(await program.run("worker", "run", "--once").status == 0)
            #expect(try await letters.applied() == ["1#2", "1#3"])
            #expect(try await letters.all().isEmpty)
            let told = try await program.run("audit", "query", "--subject", id(1, 1), "-o", "json").json()["items"]?.elements.first
            #expect(told?["type"]?.string == "saas.letter.discarded.v1" && told?["sequence"]?.integer == 1)
            #expect(told?["organization_id"]?.string == UUID.numbered(1).text)
            #expect(
                told?["data"]
                    == .object([
                        "consumer": .string("workflow"), "source": .string("organization"), "event_id": .string(id(1, 1)),
                        "event_type": .string("saas.member.added.v1"), "attempts": .integer(1),
                    ]))
            let gone = await program.run(discard + ["--confirm", id(1, 1)])
            #expect(gone.status == 3 && gone.code == "LETTER_NOT_FOUND" && gone.stderr.contains("try: saasctl dlq list"), "\(gone)")
        }
    }

    @Test func `several events are discarded at once, or none of them`() async throws {
        try await lend { program in
            try await letters.insert(1...3, state: "dead")
            let discard = ["dlq", "discard", "--consumer", "workflow", "--reason", "x"]
            let several = discard + [id(1, 1), id(2, 1), id(1, 1)]
            let unconfirmed = await program.run(several)
            #expect(unconfirmed.status == 6 && unconfirmed.stderr.contains("discard 2 events of consumer"), "\(unconfirmed)")
            let elsewhere = await program.run(several + ["--org", UUID.numbered(9).text])
            #expect(elsewhere.status == 6 && elsewhere.stderr.contains("discard 2 events of consumer"), "\(elsewhere)")
            #expect(await program.run(several + ["--confirm", id(1, 1)]).status == 6)
            let missing = await program.run(several + [id(9, 9), "--confirm", "workflow"])
            #expect(missing.status == 3 && missing.stderr.contains("event \"\(id(9, 9))\" is no dead letter"), "\(missing)")
            #expect(try await letters.all().count == 3)
            let done = try await program.run(several + ["--confirm", "workflow", "-o", "json"]).json()
            #expect(done["discarded"]?.integer == 2 && done["letters"]?.elements.map { $0["id"]?.string } == [id(1, 1), id(2, 1)])
            #expect(try await letters.all() == ["3#1 dead 10"])
            #expect(await program.run(discard + [id(3, 1), id(3, 1), "--confirm", id(3, 1)]).status == 0)
        }
    }

    @Test func `what can be reached is shown while a database is away`() async throws {
        try await lend { program in
            try await letters.insert(1...1, state: "dead")
            try await letters.insert(1...2, state: "dead", consumer: "analytics")
            let nowhere = "host='\(program.scratch.file("nobody-here"))' dbname=saas_analytics"
            let away = ["SAASCTL_ANALYTICS_DATABASE": nowhere]
            let listed = await program.run(["dlq", "list", "-o", "name"], variables: away)
            #expect(listed.status == 69 && listed.lines == [id(1, 1)], "\(listed)")
            #expect(listed.stderr.contains("what the consumers of analytics have set aside is missing here: "), "\(listed)")
            let shown = await program.run(["dlq", "show", id(1, 1), "-o", "json"], variables: away)
            #expect(try shown.status == 69 && shown.json()["letters"]?.elements.count == 1, "\(shown)")
            // Not "is no dead letter".
            let unknown = await program.run(["dlq", "show", id(2, 1)], variables: away)
            #expect(unknown.status == 69 && unknown.stdout.isEmpty && unknown.code == listed.code, "\(unknown)")
            #expect(await program.run(["dlq", "retry", id(1, 1)], variables: away).status == 69)
            #expect(await program.run(["dlq", "list", "--consumer", "workflow", "-o", "name"], variables: away).status == 0)
            let nothing = await program.run(["dlq", "list", "--consumer", "analytics"], variables: away)
            #expect(nothing.status == 69 && nothing.stdout.isEmpty && !nothing.stderr.contains("is missing here"), "\(nothing)")
            #expect(try await letters.all() == ["1#1 dead 10"])
        }
    }

    @Test func `one event that three consumers cannot apply`() async throws {
        try await lend { program in
            try await TestDatabases.current["analytics"].run(
                "alter table event_counts add constraint poison check (type not like 'saas.member.added%')")
            try await letters.append([(1, 1)], data: #"{"organization_id":"💥","huge":1e400}"#)
            #expect(await program.run("worker", "run", "--once").status == 0)
            let shown = try await program.run("dlq", "show", id(1, 1), "-o", "json").json()["letters"]?.elements
            #expect(shown?.map { $0["consumer"]?.string } == ["analytics", "notification", "workflow"])
            #expect(shown?.allSatisfy { $0["data"]?.string?.contains("💥") == true } == true, "numbers that nobody can hold: as text")
            #expect(await program.run("dlq", "show", id(1, 1), "--consumer", "workflow").text.contains("analytics") == false)
            let all = try await program.run("dlq", "retry", id(1, 1), "-o", "json").json()
            #expect(all["retried"]?.integer == 3)
            #expect(await program.run("worker", "run", "--once").status == 0)
            #expect(try await letters.all(of: "analytics") == ["1#1 retrying 1"])
            let discard = ["dlq", "discard", id(1, 1), "--reason", "x", "--confirm", id(1, 1)]
            #expect(await program.run(discard + ["--consumer", "workflow"]).status == 0)
            #expect(await program.run(discard + ["--consumer", "workflow"]).status == 3)
            #expect(try await letters.all(of: "analytics").count == 1)
            for other in ["analytics", "notification"] { #expect(await program.run(discard + ["--consumer", other]).status == 0) }
            #expect(await program.run("dlq", "list", "--state", "retrying").stdout.isEmpty)
        }
    }

    @Test func `a dry run shows what would change and changes nothing`() async throws {
        try await lend { program in
            try await letters.insert(1...2, state: "dead")
            let before = try await TestDatabases.current.contents()
            let retry = try await program.run("dlq", "retry", id(1, 1), id(2, 1), "--dry-run", "-o", "json").json()
            #expect(retry["rows"]?.elements.map { $0["values", "state"]?.string } == ["retrying", "retrying"])
            let discard = await program.run("dlq", "discard", "--all", "--consumer", "workflow", "--reason", "x", "-n", "-o", "json")
            #expect(try discard.json()["rows"]?.elements.map { $0["operation"]?.string } == ["delete", "delete"], "\(discard)")
            #expect(try discard.json()["events"]?.elements.map { $0["subject"]?.string } == [id(1, 1), id(2, 1)])
            #expect(try await TestDatabases.current.contents() == before)
        }
    }

    @Test func `all of a consumer, by type and state`() async throws {
        try await lend { program in
            try await letters.insert(1...1_000, state: "dead")
            try await letters.insert(1...1, state: "parked", sequence: 2)
            try await letters.insert(1_001...1_001, state: "retrying")
            try await letters.insert(1...1, state: "dead", consumer: "analytics")
            try await letters.insert(1...1, state: "parked", consumer: "analytics", sequence: 2)
            let all = ["dlq", "retry", "--all", "--consumer", "workflow", "-o", "json"]
            #expect(try await program.run(all + ["--type", "saas.member.removed"]).json()["retried"]?.integer == 0)
            let done = try await program.run(all + ["--state", "dead", "--type", "saas.member.added"]).json()
            #expect(done["retried"]?.integer == 1_000 && done["letters"]?.elements.count == 1_000)
            let states = try await TestDatabases.current["workflow"].texts(
                "select state || ' ' || attempts || ' ' || count(*) from dead_letters group by state, attempts order by 1")
            #expect(states == ["parked 10 1", "retrying 0 1000", "retrying 10 1"])
            let transactions = try await TestDatabases.current["workflow"].number(
                "select count(distinct xmin::text) from dead_letters where attempts = 0")
            #expect(transactions == 1)
            #expect(try await letters.all(of: "analytics") == ["1#1 dead 10", "1#2 parked 10"])
            #expect(try await program.run("dlq", "retry", "--all", "--consumer", "analytics", "-o", "json").json()["retried"]?.integer == 1)
            #expect(await work(program).status == 0)
            #expect(try await letters.applied().count == 1_001)
            #expect(try await program.run(all).json()["retried"]?.integer == 1)

            let discard = ["dlq", "discard", "--all", "--consumer", "analytics", "--reason", "x"]
            let unconfirmed = await program.run(discard)
            #expect(unconfirmed.status == 6 && unconfirmed.stderr.contains("discard 1 event of"), "\(unconfirmed)")
            for confirmed in [[], ["--confirm", "analytics"]] {
                #expect(await program.run(discard + ["--state", "dead"] + confirmed).text == "nothing to discard")
            }
            #expect(await program.run(discard + ["--confirm", "analytics"]).status == 0)
            #expect(try await letters.all(of: "analytics") == ["1#2 parked 10"])
        }
    }

    @Test func `an organization narrows the list, and what all of a consumer means`() async throws {
        try await lend { program in
            try await letters.append([(1, 1), (1, 2), (2, 1)])
            for poison in [(1, 1), (2, 1)] { try await letters.poison(poison.0, poison.1) }
            await work(program)
            let (first, second) = (UUID.numbered(1).text, UUID.numbered(2).text)
            #expect(await program.run("dlq", "list", "--org", second, "-o", "name").lines == [id(2, 1)])
            #expect(await program.run("dlq", "list", "--org", second, "--state", "parked", "-o", "name").lines == [])
            let retry = ["dlq", "retry", "--all", "--consumer", "workflow", "-o", "json"]
            #expect(try await program.run(retry + ["--org", second]).json()["letters"]?.elements.map { $0["id"]?.string } == [id(2, 1)])
            #expect(try await letters.all() == ["1#1 retrying 1", "1#2 parked 0", "2#1 retrying 0"])

            let discard = ["dlq", "discard", "--all", "--consumer", "workflow", "--reason", "x"]
            let unconfirmed = await program.run(discard + ["--org", first])
            #expect(unconfirmed.status == 6 && unconfirmed.stderr.contains("1 event about organization"), "\(unconfirmed)")
            #expect(await program.run(discard + ["--org", first, "--confirm", "workflow"]).status == 0)
            #expect(try await letters.all() == ["1#2 parked 0", "2#1 retrying 0"])
        }
    }

    @Test func `pages go through the letters of all databases without a gap`() async throws {
        try await lend { program in
            try await letters.insert(1...5, state: "dead")
            try await letters.insert(1...4, state: "retrying", consumer: "analytics")
            try await letters.insert(3...3, state: "dead", consumer: "billing")
            let all = await program.run("dlq", "list", "--all", "-o", "name").lines
            #expect(all.count == 10 && Set(all).count == 5)
            var walked: [String] = []
            var cursor: String?
            repeat {
                let page = try await program.run(["dlq", "list", "--limit", "3", "-o", "json"] + (cursor.map { ["--cursor", $0] } ?? []))
                    .json()
                let items = page["items"]?.elements ?? []
                #expect(!items.isEmpty)
                walked += items.compactMap { $0["id"]?.string }
                cursor = page["next"]?.string
            } while cursor != nil && walked.count < 100
            #expect(walked == all)
        }
    }
}
