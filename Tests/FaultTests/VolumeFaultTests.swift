import Kernel
import Postgres
import TestSupport
import Testing

/// More events than fit into memory, were they all held at once, in one transaction and in many, and events of a megabyte.
@Suite(.hangLimit) struct VolumeFaultTests {
    /// A million with `SAASCTL_TEST_EVENTS=1000000`; fewer where the program is not optimized.
    private static let events =
        Int(ProcessVariables["SAASCTL_TEST_EVENTS"] ?? "") ?? (ProcessVariables["SAASCTL_TEST_BINARY"] == nil ? 20_000 : 100_000)
    /// A program that is not optimized takes more than the one that is released.
    private static let memoryLimit: Int64 = ProcessVariables["SAASCTL_TEST_BINARY"] == nil ? 256 << 10 : 160 << 10

    /// Events that only the audit log takes. Tables that were never analysed, on a server that does not do it by itself.
    private func append(_ count: Int, bytes: Int, inOneTransaction: Bool, to database: TestDatabase) async throws {
        let insert = """
            insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
              select gen_random_uuid(), 'saas.user.logged_in.v1', md5(g::text)::uuid, 1, now(), gen_random_uuid(), 'service:test',
                json_build_object('text', repeat('x', \(bytes))), sha256(int4send(g)) from generate_series
            """
        let connection = try await database.connect()
        try await connection.session { session in
            try session.script(
                inOneTransaction
                    ? "\(insert)(1, \(count)) as g"
                    : """
                    do $$ begin for part in 0..\(count / 1_000 - 1) loop
                      \(insert)(part * 1000 + 1, part * 1000 + 1000) as g; commit;
                    end loop; end $$
                    """)
        }
        await connection.close()
    }

    /// Runs the built worker, and says what memory it took.
    private func run(_ cli: CommandLineFixture) async throws -> Int64 {
        let result = try await cli.run("worker", "run", "--once", "-o", "json", limit: .seconds(900))
        #expect(result.status == 0, "\(result)")
        return try #require(try JSONValue(parsing: result.stdout)["peak_memory_kib"]?.integer)
    }

    @Test(arguments: [true, false]) func `a cold start takes no more memory than any other run`(inOneTransaction: Bool) async throws {
        try await withOwnServer(["autovacuum": "off"]) { server in
            try await append(Self.events, bytes: 20, inOneTransaction: inOneTransaction, to: server.databases["identity"])
            try await withCommandLine(server.databases) { cli in
                let began = ContinuousClock.now
                let peak = try await run(cli)
                let rate = Int(Double(Self.events) / ((ContinuousClock.now - began) / .seconds(1)))
                print("\(Self.events) events, \(inOneTransaction ? "one transaction" : "many"): \(rate) events/s, peak \(peak) KiB")
                #expect(peak < Self.memoryLimit)
            }
            try await Oracle.check(checksHashes: false)
        }
    }

    @Test func `events of a megabyte are taken a few at a time`() async throws {
        try await withOwnServer { server in
            try await append(200, bytes: 1 << 20, inOneTransaction: true, to: server.databases["identity"])
            try await withCommandLine(server.databases) { cli in
                let peak = try await run(cli)
                #expect(peak < Self.memoryLimit)
            }
            try await Oracle.check(checksHashes: false)
        }
    }
}
