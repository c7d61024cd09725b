import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// Real input: a file of 10,000 command lines, good and bad, through one console, and what the other services make of it.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct TenThousandLinesTests {
    @Test func `bad lines are reported, good ones land, and the seven databases add up`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Scripts/command-lines.sh").path
            let lines = try await cli.shell("\(script) 10000 > lines && wc -l < lines")
            #expect(lines.text.filter { $0 != " " } == "10000", "\(lines)")
            #expect(try await cli.run("db", "seed").status == 0)

            let piped = try await cli.shell("saasctl repl --keep-going < lines", limit: .seconds(600))
            #expect(piped.status == 9)
            try expectReports(piped.stderr, lines: try #require(try cli.scratch.read("lines")))

            let worker = try await cli.run("worker", "run", "--once", limit: .seconds(600))
            #expect(worker.status == 0 && worker.stderr.isEmpty, "\(worker)")
            let status = try await cli.run("worker", "status", "-o", "json")
            let lanes = try #require(try status.json()["items"]?.elements)
            #expect(!lanes.isEmpty && lanes.allSatisfy { $0["behind"] == .integer(0) }, "\(status)")
            try await expectSums()
        }
    }

    /// Each bad line is told of once, by its number and code, and in its order.
    private func expectReports(_ errors: String, lines: String) throws {
        let reports = errors.split(separator: "\n").dropLast()
        let summary = try #require(errors.split(separator: "\n").last)
        #expect(
            summary == "8800 commands: 8000 succeeded, 800 failed (200 EMAIL_INVALID, 200 EMAIL_TAKEN, 200 SLUG_TAKEN, 200 USAGE)")
        let expected = lines.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line -> String? in
            let code: String
            switch true {
            case line.hasPrefix("org create org-") && !line.contains("--name"): code = "SLUG_TAKEN"
            case line.hasPrefix("identity user register not-an-address"): code = "EMAIL_INVALID"
            case line.hasPrefix("identity user register USER"): code = "EMAIL_TAKEN"
            case line.hasPrefix("org creat "): code = "USAGE"
            default: return nil
            }
            return "line \(index + 1) \(code)"
        }
        let found = reports.map { report in
            "\(report.prefix { $0 != ":" }) \(report.split(separator: " ").last ?? "")"
        }
        #expect(found == expected, "800 reports")
        #expect(reports.allSatisfy { $0.contains(": error: ") })
    }

    private func expectSums() async throws {
        let contents = try await TestDatabases.current.contents()
        func rows(_ service: String, _ table: String) -> Int? { contents[service]?[table] }
        #expect(rows("identity", "users") == 4_000 && rows("identity", "outbox") == 4_000 && rows("identity", "operations") == 4_000)
        #expect(rows("organization", "organizations") == 4_000 && rows("organization", "memberships") == 4_000)
        #expect(rows("organization", "outbox") == 8_000 && rows("organization", "operations") == 4_000)
        #expect(rows("billing", "subscriptions") == 4_000 && rows("billing", "entitlements") == 12_000)
        #expect(rows("workflow", "membership_cache") == 4_000 && rows("workflow", "entitlement_cache") == 12_000)
        #expect(rows("notification", "notifications") == 8_000)
        #expect(rows("analytics", "subscription_facts") == 4_000)

        let outboxes = contents.values.compactMap { $0["outbox"] }.reduce(0, +)
        #expect(rows("audit", "entries") == outboxes, "\(contents)")
        #expect(try await number("audit", "select sum(entries)::bigint from leaf_runs") == outboxes)
        let counted = try await number("analytics", "select sum(events)::bigint from event_counts")
        #expect(counted > 0)
        #expect(
            try await number(
                "audit", "select count(*) from (select source from entries group by source having max(ordinal) <> count(*)) gaps") == 0)
        #expect(try await number("audit", "select max(leaf) + 1 from leaves") == outboxes)
        #expect(try await number("audit", "select max(size) from tree_heads") == outboxes)
        #expect(
            try await number(
                "audit",
                "select count(*) from (select subject from entries group by source, type, subject having count(distinct sequence) <> count(*)) twice"
            ) == 0)
        #expect(
            try await number(
                "billing", "select count(*) from (select from subscriptions group by organization_id having count(*) > 1) twice") == 0)
    }

    private func number(_ service: String, _ sql: SQL) async throws -> Int {
        let connection = try await TestDatabases.current[service].connect(as: .superuser)
        let answer = try await connection.session { try $0.one(Query<Int>(sql) { try $0.get(0) }) }
        await connection.close()
        return answer
    }
}
