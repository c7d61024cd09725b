import CommandKit
import Kernel
import Postgres
import SaasctlApp
import TestSupport
import Testing

/// Which failure ends with which status, and that each says what, why and what to do.
@Suite struct ExitStatusTests {
    @Test(.databases("identity", "organization")) func `what is not there is 3, what is there already is 5`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run("identity", "user", "register", "ada@example.org")
            await program.run("org", "create", "acme", "--owner", "ada@example.org")
            let before = try await TestDatabases.current.contents()
            for (arguments, status, code, message) in [
                (["org", "get", "nosuch"], 3, "ORG_NOT_FOUND", "error: organization \"nosuch\" does not exist\n  try: saasctl org list\n"),
                (["identity", "user", "get", "bob@example.org"], 3, "USER_NOT_FOUND", "error: user \"bob@example.org\" does not exist\n"),
                (["org", "create", "beta", "--owner", "bob@example.org"], 3, "USER_NOT_FOUND", "user \"bob@example.org\" does not exist"),
                (
                    ["org", "create", "acme", "--owner", "ada@example.org"], 5, "SLUG_TAKEN",
                    "error: organization \"acme\" exists already\n  try: saasctl org get acme\n"
                ),
                (
                    ["identity", "user", "register", " ADA@example.ORG "], 5, "EMAIL_TAKEN",
                    "error: a user with the e-mail \"ADA@example.ORG\" exists already\n"
                ),
            ] as [([String], Int32, String, String)] {
                let result = await program.run(arguments)
                #expect(result.status == status && result.code == code && result.stdout.isEmpty, "\(result)")
                #expect(result.stderr.contains(message) && result.stderr.contains("  ref: "), "\(result)")
            }
            let after = try await TestDatabases.current.contents()
            #expect(after == before, "a failed command changes nothing")
        }
    }

    @Test(.databases("identity", "organization")) func `what cannot be understood is 64`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            for (arguments, code, part) in [
                (["org", "creat", "x"], "USAGE", "saasctl org create"),
                (["orgs2"], "USAGE", "unknown"),
                (["org", "create"], "USAGE", "slug"),
                (["org", "create", "acme"], "USAGE", "--owner"),
                (["org", "list", "--limit", "0"], "USAGE", "--limit must be between 1 and 1000"),
                (["org", "list", "--frobnicate"], "USAGE", "--frobnicate"),
                (["org", "list", "-o", "xml"], "USAGE", "xml"),
                (["org", "list", "--cursor", "rubbish"], "USAGE", "cursor"),
                (["org", "get"], "USAGE", "--org"),
                (["org", "create", "Not A Slug", "--owner", OutputTests.owner], "SLUG_INVALID", "lower-case"),
                (["identity", "user", "register", "nonsense"], "EMAIL_INVALID", "\"nonsense\" is not an e-mail address"),
                (["org", "list", "--quiet", "--verbose"], "USAGE", "exclude each other"),
                (["org", "list", "--cursor", "9223372036854775807_00000000-0000-019c-0000-000000000005"], "USAGE", "cursor"),
                (["org", "create", "acme", "--owner", OutputTests.owner, "--reason", "a\u{1B}[31mb"], "USAGE", "--reason"),
                (["org", "create", "acme", "--owner", OutputTests.owner, "--reason", "a\nb"], "USAGE", "--reason"),
                (["org", "create", "acme", "--owner", OutputTests.owner, "--idempotency-key", "a\u{7}b"], "USAGE", "--idempotency-key"),
                (["org", "list", "--limit", "-5"], "USAGE", "--limit=-5"),
                (["org", "list", "--limit", ""], "USAGE", "\"--limit\" is empty"),
                (["org", "list", "--limit="], "USAGE", "\"--limit\" is empty"),
                (["org", "list", "--timeout", "5"], "USAGE", "ms, s, m, h or d"),
                (["audit", "query", "--source", "biling"], "USAGE", "--source billing"),
                (["audit", "query", "--source", "xyzzy"], "USAGE", "identity, organization, billing"),
                (["audit", "query", "--actor", "ada"], "USAGE", "operator:NAME"),
                (["audit", "query", "--actor", "user:ada"], "USAGE", "UUID"),
                (["audit", "query", "--actor", "operator:"], "USAGE", "operator:NAME"),
                (["worker", "run", "--only", "billing,,audit"], "USAGE", "billing,,audit"),
                (["worker", "run", "--park-failing"], "USAGE", "needs --only"),
                (["worker", "run", "--park-failing", "--only", "billing", "--follow"], "USAGE", "for one run"),
            ] {
                let result = await program.run(arguments)
                #expect(result.status == 64 && result.code == code && result.stdout.isEmpty, "\(result)")
                #expect(result.stderr.contains(part), "\(result)")
            }
        }
    }

    @Test func `an argument that is not UTF-8 is refused by its number`() async throws {
        try await Program.lend { program in
            let io = CapturedTerminal()
            let application = Application(io: io, environment: program.environment)
            let status = await application.run(bytes: [
                Array("org".utf8), Array("get".utf8), [0x61, 0xFF], Array("-o".utf8), Array("json".utf8),
            ])
            #expect(status == 64 && io.output.isEmpty)
            let error = try JSONValue(parsing: io.errors)
            #expect(error["code"]?.string == "USAGE" && error["message"]?.string == "argument 3 is not valid UTF-8", "\(io.errors)")
        }
    }

    @Test(.databases("identity", "organization")) func `a huge value is not echoed whole`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let huge = String(repeating: "x", count: 100_000)
            for arguments in [
                ["org", "create", huge, "--owner", OutputTests.owner], ["org", "get", huge], ["org", huge], ["org", "list", "--\(huge)"],
                ["org", "list", huge], ["org", "list", "--limit", huge], ["identity", "user", "register", huge],
                ["org", "list", "-P", huge],
                ["org", "get", String(repeating: "x\"", count: 50_000)],
            ] {
                for format in ["table", "json"] {
                    let result = await program.run(arguments + ["-o", format])
                    #expect(result.status != 0 && result.stderr.utf8.count < 4_000, "\(arguments[0]) \(result.stderr.utf8.count)")
                    #expect(result.stderr.contains("…"), "\(result.stderr.prefix(500))")
                }
            }
        }
    }

    @Test func `without a profile it is 78, with the way on`() async throws {
        try await Program.lend { program in
            let nothing = await program.run("org", "list")
            #expect(nothing.status == 78 && nothing.code == "CONFIGURATION", "\(nothing)")
            #expect(nothing.stderr.contains("try: saasctl sandbox start"), "\(nothing)")
            let unknown = await program.run("org", "list", variables: ["SAASCTL_PROFILE": "nowhere"])
            #expect(unknown.status == 78 && unknown.stderr.contains("\"nowhere\""), "\(unknown)")
            let flag = await program.run("org", "list", "-P", "nowhere")
            #expect(flag.status == 78 && flag.stderr.contains("\"nowhere\""), "\(flag)")
            #expect(await program.run("org", "create", "--help").status == 0, "help needs no profile")
            let status = await program.run("sandbox", "status")
            #expect(status.status == 8, "\(status)")
        }
    }

    @Test func `a database that is down is 69`() async throws {
        try await Program.lend { program in
            let socket = program.scratch.file("nobody-here")
            let result = await program.run(
                "org", "list", variables: ["SAASCTL_DATABASE": "host='\(socket)' dbname=saas_{service} user=ada password=swordfish"])
            #expect(result.status == 69 && result.code == "DATABASE_UNAVAILABLE", "\(result)")
            #expect(result.stderr.contains("error: database \"saas_organization\" cannot be reached"), "\(result)")
            let debug = await program.run(
                "org", "list", "--debug",
                variables: ["SAASCTL_DATABASE": "host='\(socket)' dbname=saas_{service} user=ada password=swordfish"])
            #expect(debug.stderr.contains("cause: ") && !debug.stderr.contains("swordfish"), "\(debug)")
        }
    }

    @Test(.databases("organization")) func `a role or database that is refused is 78`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let pattern = try #require(program.environment["SAASCTL_DATABASE"])
            let missing = await program.run("org", "list", variables: ["SAASCTL_DATABASE": "\(pattern) dbname=missing_{service}"])
            #expect(missing.status == 78 && missing.stderr.contains("\"missing_organization\" does not exist"), "\(missing)")
            let stranger = await program.run("org", "list", variables: ["SAASCTL_DATABASE": "\(pattern) user=nobody_{service}"])
            #expect(stranger.status == 78, "\(stranger)")
        }
    }

    @Test(.databases("organization", "billing")) func `another service's database is 78`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let billing = TestDatabases.current["billing"].configuration().connectionString
            let result = await program.run("org", "list", variables: ["SAASCTL_ORGANIZATION_DATABASE": billing])
            #expect(result.status == 78 && result.stderr.contains("leads to the database of \"billing\""), "\(result)")
        }
    }
}
