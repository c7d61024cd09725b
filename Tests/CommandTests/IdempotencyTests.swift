import Kernel
import Postgres
import TestSupport
import Testing

@Suite(.databases("identity", "organization")) struct IdempotencyTests {
    private static func create(_ slug: String, name: String = "Acme", key: String) -> [String] {
        ["org", "create", slug, "--name", name, "--owner", OutputTests.owner, "--idempotency-key", key, "-o", "json"]
    }

    // IETF draft "The Idempotency-Key HTTP Header Field", sections 2.6 and 2.7: the result again; another request under the key is an error.
    @Test func `the same key gives the same result and changes nothing`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let first = await program.run(Self.create("acme", key: "k1"))
            #expect(first.status == 0 && first.stderr.isEmpty, "\(first)")
            let before = try await TestDatabases.current.contents()
            let second = await program.run(Self.create("acme", key: "k1"))
            #expect(second.status == 0 && second.stdout == first.stdout, "\(second)")
            let notice = try JSONValue(parsing: second.stderr)["message"]?.string
            #expect(notice == "this was done before under the same idempotency key; nothing was changed")
            #expect(try await TestDatabases.current.contents() == before)
            let spelled = await program.run(
                "-ojson", "orgs", "create", "--owner=\(OutputTests.owner.uppercased())", "--idempotency-key=k1", "--name=Acme", "acme")
            #expect(spelled.status == 0 && spelled.stdout == first.stdout, "what was meant counts, not how it was spelled: \(spelled)")
            let named = await program.run(Self.create("acme", key: "k1").dropLast(2) + ["-o", "name"])
            #expect(named.stdout == "acme\n", "the stored result is rendered as asked")
        }
    }

    @Test func `what another was let do is not given to a user who may not`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            for name in ["ada", "bob", "cyd"] { await program.run("identity", "user", "register", "\(name)@example.org") }
            await program.run("org", "create", "acme", "--owner", "ada@example.org")
            let add = ["org", "member", "add", "bob@example.org", "--role", "viewer", "--org", "acme", "--idempotency-key", "k1"]
            #expect(await program.run(add).status == 0)
            let other = await program.run(add + ["--as", "bob@example.org"])
            #expect(other.status == 5 && other.code == "IDEMPOTENCY_KEY_REUSED" && other.stdout.isEmpty, "\(other)")
            let own = add.dropLast() + ["k2", "--as", "ada@example.org"]
            #expect(await program.run(Array(own)).status == 0)
            #expect(await program.run(Array(own)).status == 0)
        }
    }

    @Test func `the same key for something else is 5 and changes nothing`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run(Self.create("acme", key: "k1"))
            let before = try await TestDatabases.current.contents()
            for other in [Self.create("beta", key: "k1"), Self.create("acme", name: "Acme GmbH", key: "k1")] {
                let result = await program.run(other)
                #expect(result.status == 5 && result.stdout.isEmpty, "\(result)")
                #expect(try JSONValue(parsing: result.stderr)["code"]?.string == "IDEMPOTENCY_KEY_REUSED")
            }
            #expect(try await TestDatabases.current.contents() == before)
            #expect(
                await program.run("identity", "user", "register", "a@example.org", "--idempotency-key", "k1").status == 0, "another command"
            )
        }
    }

    @Test func `a key is free again after 24 hours`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let start = Timestamp(year: 2026, month: 11, day: 22)
            var program = program
            program.clock = FixedClock(start)
            await program.run(Self.create("acme", key: "k1"))
            program.clock = FixedClock(start.advanced(by: .seconds(24 * 3_600 - 1)))
            #expect(await program.run(Self.create("beta", key: "k1")).status == 5)
            program.clock = FixedClock(start.advanced(by: .seconds(24 * 3_600)))
            let fresh = await program.run(Self.create("beta", key: "k1"))
            #expect(fresh.status == 0, "\(fresh)")
            let keys = try await TestDatabases.current["organization"].number("select count(*) from idempotency_keys")
            #expect(keys == 1)
            program.clock = FixedClock(start.advanced(by: .seconds(2 * 24 * 3_600 - 1)))
            #expect(await program.run(Self.create("gamma", key: "k1")).status == 5, "its new time has begun")
        }
    }

    /// The sandbox's way: the profile names a file that shifts the clock.
    @Test func `the clock of the profile decides when a key is free again`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let shift = try program.scratch.write("0\n", to: "clock")
            let shifted = try program.with(profile: "shifted", "clock_file: '\(shift)'")
            #expect(await shifted.run(Self.create("acme", key: "k1")).status == 0)
            try program.scratch.write("\(23 * 3_600 * 1_000_000)\n", to: "clock")
            #expect(await shifted.run(Self.create("beta", key: "k1")).status == 5)
            try program.scratch.write("\(24 * 3_600 * 1_000_000)\n", to: "clock")
            #expect(await shifted.run(Self.create("beta", key: "k1")).status == 0)
        }
    }

    @Test func `twins at the same time make one change`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            let results = await withTaskGroup(of: CommandResult.self) { group in
                for _ in 0..<8 { group.addTask { await program.run(Self.create("acme", key: "k1")) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.allSatisfy { $0.status == 0 }, "\(results.filter { $0.status != 0 })")
            #expect(Set(results.map(\.stdout)).count == 1)
            #expect(results.filter { $0.stderr.isEmpty }.count == 1, "one made it, the others repeated it")
            let contents = try await TestDatabases.current.contents()["organization"]
            #expect(contents?["organizations"] == 1 && contents?["outbox"] == 2 && contents?["operations"] == 1)
        }
    }

    @Test func `a failed command leaves its key free`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run(Self.create("acme", key: "k0"))
            #expect(await program.run(Self.create("acme", name: "Other", key: "k1")).status == 5)
            #expect(await program.run(Self.create("beta", key: "k1")).status == 0)
        }
    }

    @Test func `the table gives neither parameters nor secrets away`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            await program.run(Self.create("acme", key: "k1"))
            var other = program
            other.environment["SAASCTL_KEY_FILE"] = try program.scratch.write([UInt8](repeating: 8, count: 32), to: "other.key")
            let mismatch = await other.run(Self.create("acme", key: "k1"))
            #expect(mismatch.status == 5, "the hash of the parameters is keyed: under another key it is another one")
            #expect(await program.run("org", "create", "x1", "--owner", OutputTests.owner, "--idempotency-key", "").status == 64)
        }
    }
}
