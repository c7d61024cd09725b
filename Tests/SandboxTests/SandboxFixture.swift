import Configuration
import Glibc
import Kernel
import Postgres
import PostgresServer
import Sandbox
import TestSupport
import Testing

/// A sandbox of two services in a scratch folder, destroyed when the body has ended.
struct SandboxFixture: Sendable {
    let scratch: ScratchFolder
    let sandbox: Sandbox
    static let services = ["billing", "identity"]

    init(_ scratch: ScratchFolder, folder: String = "sandbox", variables: [String: String] = [:]) throws {
        self.scratch = scratch
        let environment = ["PATH": "/usr/bin:/bin", "SAASCTL_SANDBOX_DIR": scratch.file(folder)].merging(variables) { $1 }
        sandbox = try Sandbox(environment: environment, services: Self.services, isDurable: false)
    }

    @discardableResult
    func start() async throws -> Sandbox.Start {
        try await sandbox.start { _ in }
    }

    /// Runs statements without answers as one of the roles of a service.
    func run(_ text: String, on service: String, as role: String? = nil, database: String? = nil) async throws {
        try await connected(service, role, database) { connection in try await connection.session { try $0.script(text) } }
    }

    func ask(_ text: String, on service: String, as role: String? = nil) async throws -> String {
        try await connected(service, role, nil) { connection in
            try await connection.session { try $0.one(Query<String>(SQL(unsafeRaw: text))) }
        }
    }

    /// The SQLSTATE that the statements are refused with; `nil` when they are not.
    func refusal(_ text: String, on service: String, as role: String? = nil, database: String? = nil) async throws -> SQLState? {
        do {
            try await run(text, on: service, as: role, database: database)
            return nil
        } catch let error as PostgresError {
            return error.sqlState
        }
    }

    func killPostmaster() async throws {
        let processID = try #require(try sandbox.status().processID)
        #expect(kill(processID, SIGKILL) == 0)
        while try sandbox.status().processID == processID { await Task.yield() }
    }

    private func connected<Result: Sendable>(
        _ service: String, _ role: String?, _ database: String?, _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let profile = try #require(try sandbox.profile())
        var text = try profile.database(of: service).text
        // The last of two values counts.
        if let role { text += " user=\(role)" }
        if let database { text += " dbname=\(database)" }
        let connection = try await Connection.open(ConnectionConfiguration(text))
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(connection)) } catch { outcome = .failure(error) }
        await connection.close()
        return try outcome.get()
    }
}

func withSandbox(variables: [String: String] = [:], _ body: (SandboxFixture) async throws -> Void) async throws {
    try await withServerFolder { scratch in
        let fixture = try SandboxFixture(scratch, variables: variables)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
        try await fixture.sandbox.reset()
        try outcome.get()
    }
}
