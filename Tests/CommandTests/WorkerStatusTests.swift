import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import SaasctlApp

/// `worker status`, for people, programs and monitors.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct WorkerStatusTests {
    private static let noon = Timestamp(year: 2026, month: 3, day: 4, hour: 12)

    @Test func `json of a lane has all that a machine asks for`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Self.noon)
            await program.run("db", "seed")
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            program.clock = FixedClock(Self.noon.advanced(by: .seconds(90)))
            let waiting = try await program.run("worker", "status", "-o", "json").json()
            #expect(waiting["kind"]?.string == "LaneList")
            let lane = try #require(waiting["items"]?.elements.first { $0["consumer"]?.string == "billing" })
            #expect(lane["behind"] == .integer(2) && lane["state"]?.string == "behind" && lane["oldest_age_ms"] == .integer(90_000))
            #expect(await program.run("worker", "run").status == 0)

            let table = await program.run("worker", "status")
            #expect(table.status == 0 && table.lines[0].hasPrefix("LANE "), "\(table)")
            let line = try #require(table.lines.first { $0.hasPrefix("billing<organization") }, "\(table)")
            #expect(line.contains("2026-03-04T12:01:30Z"), "\(table)")
            let level = try await program.run("worker", "status", "-o", "json").json()
            let done = try #require(level["items"]?.elements.first { $0["consumer"]?.string == "billing" })
            #expect(done["last_run", "outcome"]?.string == "level" && done["last_run", "ended_at"]?.string == "2026-03-04T12:01:30Z")
        }
    }

    @Test func `check is one line, and 8 where a limit is passed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Self.noon)
            await program.run("db", "seed")
            #expect(await program.run("worker", "run").status == 0)
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            program.clock = FixedClock(Self.noon.advanced(by: .seconds(120)))
            let fine = await program.run("worker", "status", "--check", "--only", "billing", "--max-lag", "2", "--max-age", "120s")
            #expect(fine.status == 0 && fine.stdout == "ok: 1 lanes, 2 events behind\n" && fine.stderr.isEmpty, "\(fine)")
            let far = await program.run("worker", "status", "--check", "--only", "billing", "--max-lag", "1")
            #expect(far.status == 8 && far.stdout == "failing: billing<organization is 2 events behind\n" && far.stderr.isEmpty, "\(far)")
            let old = await program.run("worker", "status", "--check", "--only", "billing", "--max-age", "119s", "-o", "json")
            #expect(old.status == 8 && old.stderr.isEmpty, "\(old)")
            let document = try old.json()
            #expect(
                document["message"]?.string == "billing<organization has an event waiting for 2m" && document["healthy"] == .bool(false))
            #expect(document["lanes"]?.elements == [.string("billing<organization")] && document["exit_status"] == .integer(8))
            let gone = ["SAASCTL_IDENTITY_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=saas_identity"]
            let down = await program.run(["worker", "status", "--check", "--max-lag", "1000"], variables: gone)
            #expect(down.status == 69 && down.lines.count == 1 && down.stderr.isEmpty, "\(down)")
            #expect(
                down.stdout.hasPrefix(
                    "failing: analytics<identity, audit<identity, notification<identity and organization<identity cannot be asked: "),
                "\(down)")
            let lanes = try await program.run(["worker", "status", "--check", "-o", "json"], variables: gone).json()["lanes"]?.elements
            #expect(lanes?.compactMap(\.string) == ["analytics", "audit", "notification", "organization"].map { "\($0)<identity" })
        }
    }

    @Test func `a lane that stands fails the check, also without limits`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            // No plan to subscribe to: billing's lane stops.
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            let run = await program.run("worker", "run")
            #expect(run.status != 0, "\(run)")
            let check = await program.run("worker", "status", "--check")
            #expect(check.status == 8 && check.stdout.hasPrefix("failing: billing<organization stands: "), "\(check)")
            let status = await program.run("worker", "status")
            #expect(status.status == 0 && status.lines.contains { $0.hasPrefix("billing<") && $0.contains("stopped") }, "\(status)")
        }
    }

    @Test func `dead events fail the check, and what is set aside is shown by lane`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let letters = DeadLetters()
            try await letters.insert(1...3, state: "retrying")
            #expect(await program.run("worker", "status", "--check").status == 0, "what is tried again is nobody's work yet")
            try await letters.insert(4...5, state: "dead")
            try await letters.insert(6...10_010, state: "parked")
            let check = await program.run("worker", "status", "--check", "-o", "json")
            let verdict = try check.json()
            #expect(check.status == 8 && verdict["message"]?.string == "workflow<organization has 2 dead events: a test", "\(check)")
            #expect(verdict["lanes"]?.elements == [.string("workflow<organization")])
            let table = await program.run("worker", "status")
            #expect(table.lines.contains { $0.hasPrefix("workflow<organization") && $0.contains("2 dead, 3 retrying, 10000+ parked") })
            let items = try await program.run("worker", "status", "-o", "json").json()["items"]?.elements ?? []
            let lane = try #require(items.first { $0["consumer"]?.string == "workflow" && $0["source"]?.string == "organization" })
            let count = try #require(lane["dead_letters"])
            #expect(count["retrying"] == .integer(3) && count["dead"] == .integer(2) && count["parked"] == .integer(10_000))
            #expect(count["has_more"] == .bool(true) && lane["dead_letter_error"]?.string == "a test")
            let level = try #require(items.first { $0["consumer"]?.string == "billing" })
            #expect(level["dead_letters", "dead"] == .integer(0) && level["dead_letters", "has_more"] == .bool(false))
        }
    }

    @Test func `limits belong to check, and check is no watch`() async throws {
        try await Program.lend { program in
            for arguments in [
                ["--max-lag", "1"], ["--max-age", "1s"], ["--check", "--watch"], ["--interval", "1s"], ["--watch", "--interval", "0s"],
                ["--check", "--max-lag=-1"],
            ] {
                let result = await program.run(["worker", "status"] + arguments)
                #expect(result.status == 64, "\(result)")
            }
        }
    }

    @Test func `the same fault has the same code in run and status`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let pattern = try #require(program.environment["SAASCTL_DATABASE"])
            let billing = TestDatabases.current["billing"].configuration().connectionString
            var faults = [
                ["SAASCTL_IDENTITY_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=saas_identity"],
                ["SAASCTL_IDENTITY_DATABASE": "\(pattern) dbname=missing"], ["SAASCTL_ORGANIZATION_DATABASE": billing],
            ]
            try await TestDatabases.current["workflow"].run(
                "delete from schema_migrations where component = 'common' and number = (select max(number) from schema_migrations where component = 'common')"
            )
            faults.append([:])
            for variables in faults {
                let run = await program.run(["worker", "run"], variables: variables)
                let status = await program.run(["worker", "status"], variables: variables)
                #expect(run.status != 0 && status.status == run.status && status.code == run.code, "\(run)\n\(status)")
                let last = await program.run(["worker", "status", "--check"], variables: variables)
                #expect(last.status == run.status, "\(last)")
                #expect(status.stderr.split(separator: "\n")[0].components("does not exist") <= 1, "\(status)")
            }
        }
    }

    @Test func `watch draws on a screen of its own, and Ctrl-C ends it`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let result = try await cli.runAtTerminal("worker", "status", "--watch", "--interval", "100ms") { terminal in
                try await terminal.expect("\u{1B}[?1049h")
                for _ in 0..<3 {
                    try await terminal.expect("every 100ms")
                    try await terminal.expect("EVENT")
                }
                try await terminal.type("\u{3}")
                try await terminal.expect("\u{1B}[?1049l")
            }
            #expect(result.status == 130 && !result.stdout.contains("error"), "\(result)")
            #expect(result.stdout.hasSuffix("\u{1B}[?1049l"), "\(result.stdout.suffix(40).debugDescription)")
        }
    }

    @Test func `watch without a terminal prints one document after the other`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let result = try await cli.shell("saasctl worker status --watch --interval 50ms -o json | head -n 3")
            let documents = try result.lines.map { try JSONValue(parsing: $0) }
            #expect(documents.count == 3 && documents.allSatisfy { $0["kind"]?.string == "LaneList" }, "\(result)")
            let rates = documents.map { $0["items"]?.elements.first?.keys.contains("events_per_second") }
            #expect(rates == [false, true, true], "\(result)")
            #expect(!result.stdout.contains("\u{1B}"))
        }
    }
}

extension StringProtocol {
    /// How often a text occurs.
    fileprivate func components(_ text: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: text) {
            count += 1
            rest = rest[range.upperBound...]
        }
        return count
    }
}
