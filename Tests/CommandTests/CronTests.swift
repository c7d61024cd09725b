import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import SaasctlApp

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The worker as cron runs it.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct CronTests {
    private static let consumers = ["organization", "billing", "workflow", "workflow-saga", "notification", "audit", "analytics"]
    private static let noon = Timestamp(year: 2026, month: 3, day: 4, hour: 12)

    /// Gives billing an event to apply.
    private func createOrganization(_ program: Program) async {
        #expect(await program.run("db", "seed").status == 0)
        #expect(await program.run("org", "create", "acme", "--owner", OutputTests.owner).status == 0)
    }

    /// Holds a lane while the body runs.
    private func holding(_ consumer: String, _ source: String, _ body: (Int32) async throws -> Void) async throws {
        let holder = try await TestDatabases.current[consumer].connect()
        #expect(try await holder.session { try CheckpointStore(consumer: consumer, source: source).tryLock(in: $0) })
        try await body(Int32(holder.session(\.backendPID)))
        await holder.close()
    }

    @Test func `a run that did its work is silent`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let result = await program.run("worker", "run", "--once", "--splay", "5ms")
            #expect(result.status == 0 && result.stdout.isEmpty && result.stderr.isEmpty, "\(result)")
        }
    }

    @Test func `lanes that another run holds are skipped, waited for, or the reason to fail`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await createOrganization(program)
            try await holding("billing", "organization") { pid in
                for arguments in [["worker", "run"], ["worker", "run", "--if-locked", "skip"]] {
                    let skipped = await program.run(arguments)
                    #expect(skipped.status == 0 && skipped.stdout.isEmpty && skipped.stderr.isEmpty, "\(skipped)")
                }
                for arguments in [["--if-locked", "fail"], ["--if-locked", "wait", "--max-runtime", "8s"]] {
                    let failed = await program.run(["worker", "run"] + arguments)
                    #expect(failed.status == 75 && failed.code == "LANES_LOCKED", "\(failed)")
                    #expect(failed.stderr.contains("error: 1 lane is held by another run\n"), "\(failed)")
                    #expect(failed.stderr.contains("  billing<organization is held by saasctl tests (\(pid))\n"), "\(failed)")
                }
                let late = await program.run("worker", "run", "--if-locked", "wait", "--timeout", "400ms")
                #expect(late.status == 124 && late.code == "TIMED_OUT", "\(late)")
            }
            #expect(await program.run("worker", "run", "--if-locked", "wait").status == 0)
        }
    }

    @Test func `a worse fault comes before a lock, and does not hide it`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await createOrganization(program)
            try await holding("billing", "organization") { pid in
                let gone = "host='\(program.scratch.file("nobody-here"))' dbname=saas_identity"
                let result = await program.run(
                    "worker", "run", "--if-locked", "fail", variables: ["SAASCTL_IDENTITY_DATABASE": gone])
                #expect(result.status == 69 && result.code == "DATABASE_UNAVAILABLE", "\(result)")
                #expect(result.stderr.contains("billing<organization is held by saasctl tests (\(pid))"), "\(result)")
            }
        }
    }

    @Test func `lastrun tells when each consumer was last run to its end, and how`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            let never = await program.run("worker", "lastrun")
            #expect(never.status == 8 && never.code == "WORKER_RUN_MISSING", "\(never)")
            #expect(never.stderr.contains("error: the worker has never run to its end for organization\n"), "\(never)")
            #expect(
                never.lines.count == 1 + Self.consumers.count && never.lines[1].hasPrefix("organization")
                    && never.stdout.contains("never ran"), "\(never)")

            program.clock = FixedClock(Self.noon)
            #expect(await program.run("worker", "run").status == 0)
            program.clock = FixedClock(Self.noon.advanced(by: .seconds(90)))
            let fine = await program.run("worker", "lastrun", "--max-age", "2m", "-o", "json")
            #expect(fine.status == 0 && fine.stderr.isEmpty, "\(fine)")
            let document = try fine.json()
            #expect(document["kind"]?.string == "LastRunList")
            let items = try #require(document["items"]?.elements)
            #expect(items.compactMap { $0["consumer"]?.string } == Self.consumers)
            #expect(items.allSatisfy { $0["age_ms"] == .integer(90_000) && $0["ended_well"] == .bool(true) && $0["ran"] == .bool(true) })
            #expect(items[0]["run", "ended_at"]?.string == "2026-03-04T12:00:00Z" && items[0]["run", "outcome"]?.string == "level")
            #expect(items[0]["run"]?.keys.contains("host") == true)

            let old = await program.run("worker", "lastrun", "--max-age", "89s")
            #expect(old.status == 8 && old.code == "WORKER_RUN_OLD")
            #expect(old.stderr.contains("error: the last run of organization ended 1m30s ago\n"), "\(old)")
            #expect(await program.run("worker", "lastrun").status == 0)
        }
    }

    @Test func `the consumer that stood still longest counts, and one that failed`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Self.noon)
            #expect(await program.run("worker", "run").status == 0)
            program.clock = FixedClock(Self.noon.advanced(by: .seconds(600)))
            #expect(
                await program.run("worker", "run", "--only", "organization,billing,workflow,workflow-saga,notification,audit").status == 0)
            let late = await program.run("worker", "lastrun", "--max-age", "5m")
            #expect(late.status == 8 && late.stderr.contains("error: the last run of analytics ended 10m ago\n"), "\(late)")
            #expect(await program.run("worker", "lastrun", "--max-age", "5m", "--only", "billing,audit").status == 0)

            let gone = ["SAASCTL_IDENTITY_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=saas_identity"]
            #expect(await program.run("worker", "run", variables: gone).status == 69)
            let bad = await program.run("worker", "lastrun")
            #expect(bad.status == 8 && bad.code == "WORKER_RUN_FAILED")
            #expect(bad.stderr.contains("the last run of organization ended badly: organization<identity: "), "\(bad)")
            program.clock = FixedClock(Self.noon)
            let future = await program.run("worker", "lastrun", "--max-age", "5m", "--only", "billing")
            #expect(future.status == 8 && future.stderr.contains("the last run of billing ended in the future"), "\(future)")
        }
    }

    @Test func `a database that cannot be asked for its last run is 69, and the others are shown`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            #expect(await program.run("worker", "run").status == 0)
            let gone = ["SAASCTL_BILLING_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=saas_billing"]
            let result = await program.run("worker", "lastrun", variables: gone)
            #expect(result.status == 69 && result.lines.count == 1 + Self.consumers.count && result.stdout.contains("unknown"), "\(result)")
            #expect(result.stderr.contains("the last run of billing cannot be asked for: database \"saas_billing\" cannot be reached"))
        }
    }

    @Test func `metrics are replaced whole and keep the last success`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            var program = program
            program.clock = FixedClock(Self.noon)
            try program.scratch.makeFolder("metrics")
            let folder = program.scratch.file("metrics")
            await program.run("db", "seed")
            await program.run("org", "create", "acme", "--owner", OutputTests.owner)
            let run = await program.run("worker", "run", "--textfile", folder)
            #expect(run.status == 0 && run.stdout.isEmpty && run.stderr.isEmpty, "\(run)")
            let text = try #require(try program.scratch.read("metrics/saasctl_worker.prom"))
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.contains("saasctl_worker_last_run_timestamp_seconds 1772625600.000000"), "\(text)")
            #expect(lines.contains("saasctl_worker_last_success_timestamp_seconds 1772625600.000000"))
            #expect(lines.contains("saasctl_worker_run_exit_status 0"))
            #expect(lines.contains(#"saasctl_worker_run_events_applied{consumer="billing",source="organization"} 2"#), "\(text)")
            #expect(lines.contains(#"saasctl_worker_lane_state{consumer="billing",source="organization",state="level"} 1"#))
            #expect(lines.contains(#"saasctl_worker_lane_state{consumer="billing",source="organization",state="stopped"} 0"#))
            #expect(lines.contains("# TYPE saasctl_worker_run_duration_seconds gauge") && text.hasSuffix("\n"))
            let attributes = try FileManager.default.attributesOfItem(atPath: program.scratch.file("metrics/saasctl_worker.prom"))
            #expect(attributes[.posixPermissions] as? Int == 0o644)

            program.clock = FixedClock(Self.noon.advanced(by: .seconds(60)))
            let gone = ["SAASCTL_IDENTITY_DATABASE": "host='\(program.scratch.file("nobody-here"))' dbname=saas_identity"]
            #expect(await program.run(["worker", "run", "--textfile", folder], variables: gone).status == 69)
            let later = try #require(try program.scratch.read("metrics/saasctl_worker.prom"))
            #expect(later.contains("saasctl_worker_last_run_timestamp_seconds 1772625660.000000\n"), "\(later)")
            #expect(later.contains("saasctl_worker_last_success_timestamp_seconds 1772625600.000000\n"))
            #expect(later.contains("saasctl_worker_run_exit_status 69\n"))
            #expect(later.contains(#"saasctl_worker_lane_state{consumer="audit",source="identity",state="unavailable"} 1"#))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["saasctl_worker.prom"], "nothing else is left behind")
        }
    }

    @Test func `metrics that cannot be written fail a run that is otherwise done`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            #expect(await program.run("worker", "run", "--textfile", "").status == 64)
            let result = await program.run("worker", "run", "--textfile", program.scratch.file("nowhere"))
            #expect(result.status == 1 && result.code == "OUTPUT_FAILED", "\(result)")
            #expect(result.stderr.contains("saasctl_worker.prom\": no such file or directory"), "\(result)")
        }
    }

    @Test func `a run that waits for its turn ends at once when it is asked to, and has done nothing`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let result = try await cli.runAtTerminal("worker", "run", "--splay", "1000d") { terminal in
                try await terminal.expect("starting in ")
                try await terminal.type("\u{3}")
            }
            #expect(result.status == 130 && result.stdout.contains("INTERRUPTED"), "\(result)")
        }
        #expect(try await TestDatabases.current["billing"].number("select count(*) from worker_runs") == 0)
    }
}

/// The parts of a cron run that need no database.
@Suite struct SplayTests {
    private struct Fixed: RandomNumberGenerator {
        let value: UInt64
        func next() -> UInt64 { value }
    }

    @Test func `a delay lies between nothing and its limit`() {
        var (low, high) = (Fixed(value: 0), Fixed(value: .max))
        #expect(Splay.delay(below: .seconds(30), using: &low) == .zero)
        #expect(Splay.delay(below: .seconds(30), using: &high) == .milliseconds(29_999))
        var random = SystemRandomNumberGenerator()
        let delays = (0..<200).map { _ in Splay.delay(below: .seconds(30), using: &random) }
        #expect(delays.allSatisfy { $0 >= .zero && $0 < .seconds(30) } && Set(delays).count > 100)
    }

    @Test func `what would end a label is escaped`() {
        #expect(PrometheusText.escaped("a\\b\"c\nd ü") == #"a\\b\"c\nd ü"#)
    }
}
