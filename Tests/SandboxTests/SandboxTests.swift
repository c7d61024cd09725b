import Configuration
import Glibc
import Kernel
import Postgres
import PostgresServer
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite struct SandboxTests {
    @Test func `a start makes everything, and a second one finds it`() async throws {
        try await withSandbox { fixture in
            let sandbox = fixture.sandbox
            #expect(try sandbox.status().condition == .absent)
            #expect(try sandbox.profile() == nil)
            let first = try await sandbox.start { profile in
                #expect(try sandbox.profile() == nil, "no default before it is ready")
                let connection = try await Connection.open(ConnectionConfiguration(try profile.ownerDatabase(of: "billing").text))
                try await connection.session {
                    try $0.script("create table t (n int); insert into t values (7); grant select on t to saasctl_app")
                }
                await connection.close()
            }
            #expect(first.isNew && first.startedServer)
            #expect(try sandbox.profile() == first.profile)
            #expect(first.profile.name == "sandbox")
            #expect(try await fixture.ask("select n::text from t", on: "billing") == "7")
            let calls = Mutex(0)
            let second = try await sandbox.start { _ in calls.withLock { $0 += 1 } }
            #expect(!second.isNew && !second.startedServer)
            #expect(calls.withLock { $0 } == 1, "a newer binary may bring migrations")
            #expect(second.profile == first.profile)
            #expect(
                try await fixture.ask("select current_user || ' ' || current_database()", on: "identity") == "identity_app saas_identity")
            let status = try sandbox.status()
            #expect(status.condition == .running)
            #expect(status.processID != nil && status.startedAt != nil)
        }
    }

    @Test func `two starts at once both succeed, and one of them does the work`() async throws {
        try await withSandbox { fixture in
            async let one = fixture.start()
            async let other = fixture.start()
            let starts = try await [one, other]
            #expect(starts.filter(\.startedServer).count == 1)
            #expect(starts.filter(\.isNew).count == 1)
            #expect(starts[0].profile == starts[1].profile)
        }
    }

    @Test func `after a stop it is no default any more, and the data stay`() async throws {
        try await withSandbox { fixture in
            #expect(try await !fixture.sandbox.stop(), "nothing to stop")
            let profile = try await fixture.start().profile
            try await fixture.run("create table kept (n int)", on: "billing", as: "billing_owner")
            #expect(try await fixture.sandbox.stop())
            #expect(try fixture.sandbox.profile() == nil)
            #expect(try fixture.sandbox.status().condition == .stopped)
            #expect(try await !fixture.sandbox.stop())
            #expect(throws: ConfigurationError.sandboxNotStarted) { try fixture.sandbox.variables() }
            let resolver = ProfileResolver(
                environment: [:], services: SandboxFixture.services, systemFile: fixture.scratch.file("none"),
                sandbox: fixture.sandbox.profile)
            #expect(throws: ConfigurationError.nothingConfigured(known: [])) { try resolver.resolve(flag: nil) }
            let again = try await fixture.start()
            #expect(again.startedServer && !again.isNew)
            #expect(again.profile == profile)
            #expect(try resolver.resolve(flag: nil) == profile)
            try await fixture.run("insert into kept values (1)", on: "billing", as: "billing_owner")
        }
    }

    @Test func `a server that died is started again with its data`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            try await fixture.run("create table kept (n int)", on: "billing", as: "billing_owner")
            try await fixture.killPostmaster()
            #expect(try fixture.sandbox.status().condition == .down)
            #expect(try fixture.sandbox.profile() != nil, "still the default: commands say that the server is gone")
            #expect(try await fixture.start().startedServer)
            #expect(try fixture.sandbox.status().condition == .running)
            try await fixture.run("insert into kept values (1)", on: "billing", as: "billing_owner")
        }
    }

    @Test func `a reset destroys the data, the key and the shift of the clock`() async throws {
        try await withSandbox { fixture in
            #expect(try await !fixture.sandbox.reset(), "nothing to destroy")
            let key = try await fixture.start().profile.readKey()
            try await fixture.run("create table gone (n int)", on: "billing", as: "billing_owner")
            try await fixture.sandbox.advanceClock(by: .seconds(60))
            #expect(try await fixture.sandbox.reset())
            #expect(try fixture.sandbox.status().condition == .absent)
            #expect(try fixture.sandbox.status().clockShift == .zero)
            #expect(try fixture.sandbox.profile() == nil)
            let again = try await fixture.start()
            #expect(again.isNew)
            #expect(try again.profile.readKey() != key)
            #expect(try await fixture.refusal("select from gone", on: "billing", as: "billing_owner") == .undefinedTable)
        }
    }

    @Test func `a reset leaves alone what no sandbox put there`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            try fixture.scratch.write("dear diary", to: "sandbox/diary")
            try fixture.scratch.write("dear diary", to: "sandbox/cluster/diary")
            await #expect(throws: ServerError.self) { try await fixture.sandbox.reset() }
            try fixture.scratch.remove("sandbox/cluster/diary")
            try await fixture.sandbox.reset()
            #expect(try fixture.scratch.read("sandbox/diary") == "dear diary")
        }
    }

    @Test func `what fails while preparing leaves no server and no default behind`() async throws {
        struct Broken: Error {}
        try await withSandbox { fixture in
            await #expect(throws: Broken.self) { try await fixture.sandbox.start { _ in throw Broken() } }
            #expect(try fixture.sandbox.profile() == nil)
            #expect(try fixture.sandbox.status().condition == .stopped)
            #expect(try fixture.sandbox.status().processID == nil)
            try await fixture.start()
            await #expect(throws: Broken.self) { try await fixture.sandbox.start { _ in throw Broken() } }
            #expect(try fixture.sandbox.status().condition == .running, "it ran before, so it runs on")
        }
    }

    @Test func `a cancelled start leaves no server behind`() async throws {
        try await withSandbox { fixture async throws in
            let sandbox = fixture.sandbox
            let (reached, signal) = AsyncStream.makeStream(of: Void.self)
            let start = Task {
                try await sandbox.start { _ in
                    signal.finish()
                    try await Task.sleep(for: .seconds(600))
                }
            }
            for await _ in reached {}
            start.cancel()
            await #expect(throws: CancellationError.self) { try await start.value }
            #expect(try sandbox.status().processID == nil)
            #expect(try sandbox.profile() == nil)
        }
    }

    @Test func `the master key is made once, closed to others`() async throws {
        try await withSandbox { fixture in
            let profile = try await fixture.start().profile
            let key = try profile.readKey()
            #expect(key.count == 32 && Set(key).count > 8)
            #expect(try await fixture.start().profile.readKey() == key)
        }
    }

    @Test func `the variables lead psql to the server and saasctl to the profile`() async throws {
        try await withSandbox { fixture in
            try await fixture.start()
            let variables = try fixture.sandbox.variables()
            #expect(variables.map(\.name) == ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "SAASCTL_PROFILE"])
            let values = Dictionary(uniqueKeysWithValues: variables)
            #expect(values["PGHOST"] == fixture.sandbox.path + "/cluster/run")
            #expect(values["SAASCTL_PROFILE"] == "sandbox")
        }
    }

    @Test func `without PostgreSQL it says what to install`() async throws {
        try await withSandbox(variables: ["SAASCTL_PG_BINDIR": "/nowhere"]) { fixture async throws in
            let error = await #expect(throws: ServerError.self) { try await fixture.start() }
            #expect(error?.failure.code.exit == .configuration)
            #expect(try fixture.sandbox.profile() == nil)
        }
    }

    @Test func `a state file that makes no sense is a matter of configuration`() async throws {
        try await withSandbox { fixture in
            for text in ["", "started", "mostly harmless\n/run\n"] {
                try fixture.scratch.write(text, to: "sandbox/state")
                let error = #expect(throws: ConfigurationError.self) { try fixture.sandbox.profile() }
                #expect(error?.failure.code.exit == .configuration)
            }
            try fixture.scratch.remove("sandbox/state")
        }
    }

    @Test func `a sandbox whose path is too long for a socket works all the same`() async throws {
        try await withServerFolder { scratch in
            let fixture = try SandboxFixture(scratch, folder: String(repeating: "long'\"\\ ", count: 20))
            try await fixture.start()
            let user = try await fixture.ask("select current_user::text", on: "billing")
            #expect(user == "billing_app")
            try await fixture.sandbox.reset()
        }
    }
}
