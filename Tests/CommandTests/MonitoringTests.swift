import Foundation
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import SaasctlApp

/// `health` and `metrics`, also where something is not as it should be.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct MonitoringTests {
    private static let noon = Timestamp(year: 2026, month: 3, day: 4, hour: 12)

    /// Variables that lead one service to where no server is.
    private func away(_ service: String, _ program: Program) -> [String: String] {
        ["SAASCTL_\(service.uppercased())_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=saas_\(service)"]
    }

    /// Something has happened and is applied.
    private func prepare(_ program: Program) async {
        #expect(await program.run("db", "seed").status == 0)
        #expect(await program.run("org", "create", "acme", "--owner", OutputTests.owner).status == 0)
        #expect(await program.run("worker", "run").status == 0)
    }

    private func checks(_ result: CommandResult) throws -> [String: JSONValue] {
        try result.json()["items"]?.elements.reduce(into: [:]) { checks, item in
            checks["\(item["check"]?.string ?? "") \(item["name"]?.string ?? "")"] = item
        } ?? [:]
    }

    @Test func `all is well: a line for each database and lane, and 0`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await prepare(program)
            let result = await program.run("health", "-o", "json")
            #expect(result.status == 0 && result.stderr.isEmpty, "\(result)")
            #expect(try result.json()["kind"]?.string == "HealthCheckList")
            let checks = try checks(result)
            #expect(checks.count == 7 + 22 && checks.values.allSatisfy { $0["state"]?.string == "ok" }, "\(result)")
            let database = try #require(checks["database billing"])
            #expect(database["server_version"]?.string?.isEmpty == false && database["overdue_timers"] == .integer(0))
            #expect(database["schema"]?.integer.map { $0 >= 6 } == true && database["common_schema"]?.integer.map { $0 >= 14 } == true)
            #expect(database["latency_ms"] != nil)
            let lane = try #require(checks["lane billing<organization"])
            #expect(lane["message"]?.string == "level" && lane["behind"] == .integer(0) && lane["dead_letters"] == .integer(0))
            let table = await program.run("health")
            #expect(table.status == 0 && table.lines.contains { $0.hasPrefix("database billing") && $0.contains("PostgreSQL") }, "\(table)")
            #expect(await program.run("health", "-o", "name").lines.first == "database/identity")
        }
    }

    // Kubernetes, "Liveness, Readiness and Startup Probes": whoever is alive may not be ready.
    @Test func `a database that is down is named, hides no other, and is 69`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await prepare(program)
            let result = await program.run(["health", "-o", "json"], variables: away("identity", program))
            #expect(result.status == 69, "\(result)")
            let checks = try checks(result)
            let unreachable = checks.filter { $0.value["state"]?.string == "unreachable" }.keys.sorted()
            #expect(
                unreachable == [
                    "database identity", "lane analytics<identity", "lane audit<identity", "lane notification<identity",
                    "lane organization<identity",
                ])
            #expect(checks["database identity"]?["error_code"]?.string == "DATABASE_UNAVAILABLE")
            #expect(checks.count == 29 && checks["database billing"]?["state"]?.string == "ok")
            let live = await program.run(["health", "--live", "-o", "name"], variables: away("identity", program))
            #expect(live.status == 69 && live.lines.count == 7, "\(live)")
            let other = await program.run(["health", "--service", "billing", "-o", "name"], variables: away("identity", program))
            #expect(other.status == 0 && other.lines == ["database/billing", "lane/billing<organization"], "\(other)")
            let source = await program.run(["health", "--service", "audit", "-o", "name"], variables: away("identity", program))
            #expect(source.status == 69, "a lane of it cannot be asked: \(source)")
        }
    }

    @Test func `dead events, lanes that stand and limits that are passed are 8, and nothing of it matters to the living`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Self.noon)
            await prepare(program)
            try await DeadLetters().insert(1...2, state: "dead")
            let dead = await program.run("health", "-o", "json")
            #expect(dead.status == 8 && dead.stderr.isEmpty, "\(dead)")
            let lane = try #require(try checks(dead)["lane workflow<organization"])
            #expect(lane["state"]?.string == "failing" && lane["message"]?.string == "has 2 dead events: a test")
            #expect(lane["dead_letters"] == .integer(2))
            #expect(await program.run("health", "--live").status == 0)

            await program.run("org", "create", "bolt", "--owner", OutputTests.owner)
            program.clock = FixedClock(Self.noon.advanced(by: .seconds(120)))
            #expect(await program.run("health", "--service", "billing").status == 0, "how far behind is nobody's business without a limit")
            #expect(await program.run("health", "--service", "billing", "--max-lag", "2", "--max-age", "2m").status == 0)
            let old = await program.run("health", "--service", "billing", "--max-age", "119s")
            #expect(old.status == 8 && old.stdout.contains("has an event waiting for 2m"), "\(old)")
            #expect(await program.run("health", "--service", "billing", "--max-lag", "1").status == 8)
            for usage in [["--live", "--max-lag", "1"], ["--max-lag=-1"], ["--within", "1ms"], ["--service", "nobody"]] {
                #expect(await program.run(["health"] + usage).status == 64, "\(usage)")
            }
        }
    }

    @Test func `a schema that is behind is pending, and the database alive`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await prepare(program)
            try await TestDatabases.current["billing"].run(
                "delete from schema_migrations where component = 'billing' and number > 3", as: .owner)
            let result = await program.run("health", "-o", "json")
            let database = try #require(try checks(result)["database billing"])
            #expect(result.status == 8 && database["state"]?.string == "pending", "\(result)")
            #expect(database["error_code"]?.string == "SCHEMA_OUTDATED")
            #expect(await program.run("health", "--live").status == 0)
            let metrics = try Exposition(await program.run("metrics").stdout)
            #expect(metrics["saasctl_database_up", ["service": "billing"]] == 1)
            #expect(metrics["saasctl_database_schema_current", ["service": "billing"]] == 0)
            #expect(metrics["saasctl_database_schema_current", ["service": "audit"]] == 1)
        }
    }

    @Test func `timers and sagas that fail, and an outbox without partitions, are found`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await prepare(program)
            #expect(await program.run("org", "delete", "acme", "--confirm", "acme").status == 0)
            let organization = TestDatabases.current["organization"]
            func complaint(_ service: String) async throws -> String? {
                let result = await program.run("health", "--service", service, "-o", "json")
                let check = try checks(result)["database \(service)"]
                #expect(result.status == (check?["state"]?.string == "failing" ? 8 : 0), "\(result)")
                return check?["message"]?.string
            }
            #expect(try await complaint("organization")?.hasPrefix("PostgreSQL") == true)
            try await organization.run("update sagas set state = 'failed'")
            #expect(try await complaint("organization") == "1 sagas have failed")
            try await organization.run(
                """
                insert into due (id, kind, subject, due_at, correlation_id, next_at, attempts, error_code, error)
                select gen_random_uuid(), 'invitation_end', gen_random_uuid(), now(), gen_random_uuid(), now(), 3, 'TEST', 'a test'
                """)
            #expect(try await complaint("organization") == "1 timers fail again and again")
            for command in ["status", "lastrun"] {
                let told = await program.run("worker", command)
                #expect(
                    told.stderr.contains("organization: 1 timers fail again and again, see saasctl health")
                        && told.stderr.contains("organization: 1 sagas have failed"), "\(told)")
                #expect(await !program.run("worker", command, "--only", "billing").stderr.contains("again"))
            }
            let metrics = try Exposition(await program.run("metrics").stdout)
            #expect(metrics["saasctl_timers_failing", ["service": "organization"]] == 1)
            #expect(metrics["saasctl_timers_overdue", ["service": "organization"]] == 1)
            #expect(metrics["saasctl_sagas", ["state": "failed"]] == 1 && metrics["saasctl_sagas", ["state": "running"]] == 0)

            try await TestDatabases.current["billing"].run("delete from outbox_partitions")
            #expect(try await complaint("billing")?.contains("default partition") == true)
        }
    }

    @Test func `what is due and not done is told, also while it is put off, and judged by its age`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Self.noon)
            await prepare(program)
            try await TestDatabases.current["billing"].run("delete from due")
            try await TestDatabases.current["billing"].run(
                """
                insert into due (id, kind, subject, due_at, correlation_id, next_at, attempts, error_code, error)
                values (gen_random_uuid(), 'subscription_renewal', gen_random_uuid(), '2026-03-04 11:50Z', gen_random_uuid(),
                        '2026-03-04 12:05Z', 1, 'TEST', 'a test'),
                    (gen_random_uuid(), 'subscription_renewal', gen_random_uuid(), '2026-03-04 11:55Z', gen_random_uuid(),
                        '2026-03-04 11:55Z', 0, null, null),
                    (gen_random_uuid(), 'subscription_renewal', gen_random_uuid(), '2026-03-04 12:01Z', gen_random_uuid(),
                        '2026-03-04 12:01Z', 0, null, null)
                """)
            #expect(try Exposition(await program.run("metrics").stdout)["saasctl_timers_overdue", ["service": "billing"]] == 2)
            func look(_ arguments: String...) async throws -> (status: Int32, check: JSONValue?) {
                let result = await program.run(["health", "--service", "billing", "-o", "json"] + arguments)
                return (result.status, try checks(result)["database billing"])
            }
            let told = try await look()
            #expect(told.status == 0 && told.check?["message"]?.string?.hasSuffix(", 2 timers overdue") == true, "\(told)")
            #expect(told.check?["overdue_timers"] == .integer(2) && told.check?["oldest_age_ms"] == .integer(600_000), "\(told)")
            #expect(try await look("--max-age", "10m").status == 0)
            let judged = try await look("--max-age", "9m")
            #expect(judged.status == 8 && judged.check?["message"]?.string == "has something due for 10m", "\(judged)")
        }
    }

    @Test func `metrics keep to the format, and to the names that Prometheus asks for`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Self.noon)
            await prepare(program)
            try await DeadLetters().insert(1...2, state: "dead")
            await program.run("org", "create", "bolt", "--owner", OutputTests.owner)
            program.clock = FixedClock(Self.noon.advanced(by: .seconds(90)))
            let result = await program.run("metrics")
            #expect(result.status == 0 && result.stderr.isEmpty, "\(result)")
            let metrics = try Exposition(result.stdout)
            let lane = ["consumer": "billing", "source": "organization"]
            #expect(metrics["saasctl_lane_lag_events", lane] == 2 && metrics["saasctl_lane_lag_seconds", lane] == 90)
            #expect(metrics["saasctl_lane_up", lane] == 1 && metrics["saasctl_lane_stopped", lane] == 0)
            #expect(metrics["saasctl_lane_applied_events_total", lane] == 2)
            let dead = ["consumer": "workflow", "source": "organization", "state": "dead"]
            #expect(metrics["saasctl_dead_letters", dead] == 2)
            #expect(metrics["saasctl_dead_letters", dead.merging(["state": "parked"]) { $1 }] == 0)
            let ran = Double(Self.noon.microseconds) / 1_000_000
            #expect(metrics["saasctl_consumer_last_run_timestamp_seconds", ["consumer": "billing"]] == ran)
            for service in Registry.services {
                #expect(metrics["saasctl_database_up", ["service": service]] == 1)
                #expect(metrics["saasctl_outbox_rows", ["service": service]].map { $0 >= 0 } == true)
            }
            #expect(metrics["saasctl_build_info", ["version": SaasctlVersion.current.description]] == 1)
            // prometheus.io/docs/practices/naming: a prefix, base units, _total for what only rises.
            for (name, type) in metrics.types {
                #expect(name.hasPrefix("saasctl_") && name.hasSuffix("_total") == (type == "counter"), "\(name)")
                #expect(!["_ms", "_milliseconds", "_minutes", "_kilobytes"].contains { name.hasSuffix($0) }, "\(name)")
            }
            #expect(result.lines.filter { $0.hasPrefix("# HELP") }.count == metrics.types.count)
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let document = try String(contentsOf: root.appending(path: "docs/monitoring.md"), encoding: .utf8)
            #expect(Set(document.matches(of: #/saasctl_[a-z_]+/#).map { String($0.output) }) == Set(metrics.types.keys))
        }
    }

    @Test func `with a database down metrics are as valid, say so, and tell of all others`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await prepare(program)
            let result = await program.run(["metrics"], variables: away("billing", program))
            #expect(result.status == 0, "\(result)")
            let metrics = try Exposition(result.stdout)
            #expect(metrics["saasctl_database_up", ["service": "billing"]] == 0)
            #expect(metrics.samples.filter { $0.name == "saasctl_database_up" && $0.value == 1 }.count == 6)
            #expect(metrics["saasctl_outbox_rows", ["service": "billing"]] == nil)
            #expect(metrics["saasctl_lane_up", ["consumer": "billing", "source": "organization"]] == 0)
            #expect(metrics["saasctl_lane_lag_events", ["consumer": "billing", "source": "organization"]] == nil)
            #expect(metrics["saasctl_lane_up", ["consumer": "audit", "source": "identity"]] == 1)
            #expect(metrics["saasctl_sagas", ["state": "running"]] == 0)
        }
    }
}
