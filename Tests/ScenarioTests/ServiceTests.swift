import Postgres
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The worker under a service manager: what it tells the socket that `NOTIFY_SOCKET` names.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct ServiceTests {
    private static let owner = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"

    /// Follows while the body runs, then ends it as a service manager does.
    private func serving(
        _ cli: CommandLineFixture, variables: [String: String?] = [:], _ body: @escaping @Sendable (NotifySocket) async throws -> Void
    ) async throws -> CommandResult {
        let socket = try NotifySocket(cli.scratch.file("notify"))
        var variables = variables
        variables["NOTIFY_SOCKET"] = socket.path
        variables["WATCHDOG_USEC"] = "400000"
        let result = try await cli.run("worker", "run", "--follow", variables: variables, limit: .seconds(180)) { program in
            do {
                #expect(await socket.next() == "READY=1")
                try await body(socket)
            } catch {
                try program.send(signal: SIGKILL)
                throw error
            }
            try program.send(signal: SIGTERM)
            while await socket.next() != "STOPPING=1" {}
        }
        #expect(result.status == 143, "\(result)")
        return result
    }

    @Test func `it tells that it is ready, that it is alive, and that it is ending`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let result = try await serving(cli) { socket in
                for _ in 1...3 { #expect(await socket.next() == "WATCHDOG=1") }
            }
            #expect(result.stdout.isEmpty, "\(result)")
            #expect(try await cli.run("worker", "lastrun", "--max-age", "10m").status == 0)
        }
    }

    @Test func `a lane that hangs makes it silent until it goes on`() async throws {
        let billing = try await TestDatabases.current["billing"].connect(as: .superuser)
        try await withCommandLine(TestDatabases.current) { cli in
            #expect(try await cli.run("db", "seed").status == 0)
            _ = try await serving(cli) { socket in
                #expect(await socket.next() == "WATCHDOG=1")
                try await withHeldTransaction(on: billing, "lock table subscriptions in exclusive mode") {
                    let created = try await cli.run("org", "create", "acme", "--owner", Self.owner)
                    #expect(created.status == 0)
                    while await socket.next(within: .seconds(2)) != nil {}
                }
                #expect(await socket.next() == "WATCHDOG=1")
            }
        }
        let subscriptions = try await billing.session { try $0.one(Query<Int>("select count(*) from subscriptions")) }
        #expect(subscriptions == 1)
    }

    @Test func `a database that is down is no reason to start it again`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let gone = ["SAASCTL_IDENTITY_DATABASE": "host='\(cli.scratch.file("nobody-here"))' dbname=saas_identity"]
            _ = try await serving(cli, variables: gone) { socket in
                // For longer than the five seconds after which a lane counts as hanging.
                for _ in 1...40 { #expect(await socket.next() == "WATCHDOG=1") }
            }
        }
    }
}

/// The socket of a service manager (sd_notify(3)).
private final class NotifySocket: Sendable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try #require(descriptor >= 0 && path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(status == 0)
    }

    deinit {
        close(descriptor)
    }

    /// - Returns: the next message; `nil` where none has come in the time.
    func next(within limit: Duration = .seconds(120)) async -> String? {
        let end = ContinuousClock.now + limit
        var buffer = [UInt8](repeating: 0, count: 200)
        while ContinuousClock.now < end {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { return String(decoding: buffer.prefix(count), as: UTF8.self) }
            // Looks again soon; spinning would take the processor from the program.
            try? await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }
}
