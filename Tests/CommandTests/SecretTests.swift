import FoundationEssentials
import Kernel
import Postgres
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A password comes in, and never out again.
@Suite(.databases("identity")) struct SecretTests {
    private static let password = "correct horse battery staple"
    private static let register = ["identity", "user", "register", "ada@example.org", "--name", "Ada", "--password-file"]

    @Test func `the password is nowhere but in its hash`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let file = try program.scratch.write(Self.password + "\n", to: "password")
            var runs: [CommandResult] = []
            let registered = await program.run(
                Self.register + ["-", "--idempotency-key", "k1", "--debug", "-v", "-o", "json"], input: Self.password + "\n")
            #expect(registered.status == 0, "\(registered)")
            #expect(try registered.json()["has_password"] == .bool(true))
            runs.append(registered)
            runs.append(await program.run(Self.register + ["-", "--idempotency-key", "k1", "-o", "json"], input: Self.password + "\n"))
            runs.append(await program.run(Self.register + [file, "--debug"]))
            #expect(runs.last?.status == 5)
            runs.append(await program.run("identity", "user", "register", "b@example.org", "--password-file", file, "--dry-run", "-v"))
            runs.append(await program.run("identity", "user", "get", "ada@example.org", "--debug"))
            for run in runs { #expect(!run.stdout.contains("battery") && !run.stderr.contains("battery"), "\(run)") }
            for run in runs { #expect(!run.stdout.contains("$2b$") && !run.stderr.contains("$2b$"), "\(run)") }

            let everything = try await TestDatabases.current["identity"].everything()
            #expect(everything.contains("ada@example.org"))
            #expect(!everything.contains("battery"))
            #expect(everything.split(separator: "$2b$").count == 2, "the hash is in one row and no other table")
        }
    }

    @Test func `a statement that fails does not show its values, --debug or not`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await TestDatabases.current["identity"].run(
                "alter table users add constraint no_ada check (email <> 'ada@example.org')", as: .owner)
            for flag in ["--debug", "-v"] {
                let result = await program.run(Self.register + ["-", flag], input: Self.password + "\n")
                #expect(result.status == 1 && result.stderr.contains("no_ada"), "\(result)")
                #expect(!result.stderr.contains("battery") && !result.stderr.contains("$2b$"), "\(result)")
            }
        }
    }

    @Test func `events and operations carry no personal data`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org", "--name", "Ada Lovelace", "--reason", "new")
            let database = TestDatabases.current["identity"]
            for text in try await database.texts(
                "select row_to_json(outbox)::text from outbox union all select row_to_json(operations)::text from operations")
            {
                #expect(text?.contains("ada@") == false && text?.contains("Lovelace") == false, "\(text ?? "")")
            }
        }
    }

    @Test func `only the first line counts, and there must be one`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let empty = await program.run(Self.register + ["-"], input: "\n")
            #expect(empty.status == 64 && empty.stderr.contains("--password-file"), "\(empty)")
            let missing = await program.run(Self.register + [program.scratch.file("nothing")])
            #expect(missing.status == 64 && missing.stderr.contains("cannot be read"), "\(missing)")
            let short = await program.run(Self.register + ["-"], input: "short\n")
            #expect(short.status == 64 && short.code == "PASSWORD_TOO_SHORT", "\(short)")
            #expect(await program.run(Self.register + ["-"], input: Self.password + "\r\nsecond line\n").status == 0)
        }
    }

    @Test func `a file without an end, or without a writer, holds nobody up`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let endless = await program.run(Self.register + ["/dev/zero"])
            #expect(endless.status == 64 && endless.stderr.contains("65536 bytes"), "\(endless)")
            let folder = await program.run(Self.register + [program.scratch.path.string])
            #expect(folder.status == 64 && folder.stderr.contains("cannot be read"), "\(folder)")
            let pipe = program.scratch.file("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            let silent = await program.run(Self.register + [pipe, "--timeout", "300ms"])
            #expect(silent.status == 124, "\(silent)")
        }
    }
}
