import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

/// What `dlq` refuses, repeats and waits for.
@Suite(.databases("organization", "billing", "workflow", "notification", "audit", "analytics"), .hangLimit)
struct DeadLetterRefusalTests {
    private let letters = DeadLetters()
    private let id = DeadLetters.event(1, 1).text

    @Test func `command lines that make no sense`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let lines = [
                ["retry"], ["retry", "--all"], ["retry", id, "--all", "--consumer", "workflow"], ["retry", id, "--type", "saas.x"],
                ["retry", "--all", "--consumer", "workflow", "--state", "parked"], ["retry", "--all", "--consumer", "nobody"],
                ["retry", "💥"], ["retry", ""], ["retry", id + "x"], ["retry", id, "'; drop table dead_letters; --"], ["show", "null"],
                ["show"],
                ["list", "--state", "gone"], ["list", "--source", "nowhere"], ["list", "--aggregate", "１"], ["discard", id],
                ["discard", id, "--consumer", "workflow"], ["discard", id, "--reason", "x"],
                ["discard", "--consumer", "workflow", "--reason", "x"],
                ["discard", id, "--all", "--consumer", "workflow", "--reason", "x"], ["list", "--type", ""],
                ["retry", "--all", "--consumer", "workflow", "--type", ""],
            ]
            for line in lines {
                let result = await program.run(["dlq"] + line)
                #expect(result.status == 64 && result.stdout.isEmpty, "\(result)")
            }
        }
    }

    @Test func `what nobody has set aside`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await letters.insert(1...1, state: "dead")
            let unknown = DeadLetters.event(7, 7).text
            for line in [
                ["show", unknown], ["retry", unknown], ["retry", id, unknown], ["retry", id, "--consumer", "billing"],
                ["show", id, "--consumer", "billing"], ["discard", unknown, "--consumer", "workflow", "--reason", "x"],
                ["discard", id, "--consumer", "analytics", "--reason", "x"], ["retry", unknown, "--idempotency-key", "k"],
            ] {
                let result = await program.run(["dlq"] + line)
                #expect(result.status == 3 && result.code == "LETTER_NOT_FOUND", "\(result)")
            }
            #expect(try await letters.all() == ["1#1 dead 10"])
            #expect(try await TestDatabases.current["workflow"].number("select count(*) from idempotency_keys") == 0)
        }
    }

    @Test func `read-only profiles and users`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await letters.insert(1...1, state: "dead")
            let changes = [
                ["dlq", "retry", id], ["dlq", "retry", "--all", "--consumer", "workflow"],
                ["dlq", "discard", id, "--consumer", "workflow", "--reason", "x", "--confirm", id],
            ]
            for change in changes {
                let refused = await program.run(change + ["--read-only"])
                #expect(refused.status == 6 && refused.code == "READ_ONLY", "\(refused)")
                #expect(await program.run(change + ["--as", UUID.numbered(1).text]).status == 4)
            }
            #expect(await program.run("dlq", "list", "--read-only", "-o", "name").lines == [id])
            #expect(try await letters.all() == ["1#1 dead 10"])
        }
    }

    @Test func `the same key again changes nothing, though the letter is gone`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await letters.insert(1...2, state: "dead")
            try await letters.insert(1...1, state: "dead", consumer: "analytics")
            let retry = ["dlq", "retry", id, "--idempotency-key", "k1", "-o", "json"]
            let first = await program.run(retry)
            #expect(try first.json()["retried"]?.integer == 2, "\(first)")
            for consumer in ["workflow", "analytics"] {
                try await TestDatabases.current[consumer].run("delete from dead_letters where id = \(DeadLetters.event(1, 1))")
            }
            let second = await program.run(retry)
            #expect(second.status == 0 && second.stderr.contains("done before"), "\(second)")
            #expect(try second.json()["retried"]?.integer == 2)
            let other = await program.run("dlq", "retry", DeadLetters.event(2, 1).text, "--idempotency-key", "k1")
            #expect(other.status == 5 && other.code == "IDEMPOTENCY_KEY_REUSED", "\(other)")

            let name = DeadLetters.event(2, 1).text
            let discard = ["dlq", "discard", name, "--consumer", "workflow", "--reason", "x", "--idempotency-key", "k2", "--confirm", name]
            for _ in 1...2 { #expect(await program.run(discard).status == 0) }
            #expect(try await TestDatabases.current["workflow"].number("select count(*) from outbox") == 1)
        }
    }

    enum Ending: CaseIterable { case applied, failedAgain }

    @Test(arguments: Ending.allCases) func `a letter that a lane is trying at this moment is waited for`(ending: Ending) async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await letters.insert(1...1, state: "retrying")
            let lane = try await TestDatabases.current["workflow"].connect(as: .app)
            let isAwaited = Query<Bool>(
                """
                select exists (select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid)))
                from (select pg_sleep(0.002)) as pause
                """)
            let (beginning, signal) = AsyncStream<Void>.makeStream()
            async let command = { () async -> CommandResult in
                for await _ in beginning {}
                return await program.run("dlq", "retry", id)
            }()
            try await lane.transaction { session in
                defer { signal.finish() }
                _ = try session.all(Query<Int64>("select turn from dead_letters for update"))
                signal.finish()
                while try !session.one(isAwaited) {}
                switch ending {
                case .applied: try session.run(Query("delete from dead_letters"))
                case .failedAgain: try session.run(Query("update dead_letters set state = 'dead', attempts = 11, due_at = null"))
                }
            }
            await lane.close()
            let result = await command
            switch ending {
            case .applied:
                #expect(result.status == 3 && result.code == "LETTER_NOT_FOUND", "\(result)")
            case .failedAgain:
                #expect(result.status == 0, "\(result)")
                #expect(try await letters.all() == ["1#1 retrying 0"])
            }
        }
    }
}
