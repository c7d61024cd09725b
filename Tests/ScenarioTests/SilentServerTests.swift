import Glibc
import TestSupport
import Testing

/// A server that takes connections and says nothing: what a hung one, or a firewall in between, looks like.
@Suite(.hangLimit) struct SilentServerTests {
    /// Far beyond what the commands need, and far below the server's own time limit.
    private let patience = Duration.seconds(30)

    @Test func `the time limit holds while connecting`() async throws {
        try await withSilentServer { cli, _ in
            for arguments in [["org", "list"], ["identity", "user", "register", "ada@example.org"]] {
                let result = try await cli.run(arguments + ["--timeout", "300ms"], limit: patience)
                #expect(result.status == 124 && result.stderr.contains("code: TIMED_OUT"), "\(result)")
            }
        }
    }

    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func `a signal is heard while connecting`(_ number: Int32, _ status: Int32) async throws {
        try await withSilentServer { cli, server in
            let result = try await cli.run("org", "list", limit: patience) { program in
                try await server.untilConnected()
                try program.send(signal: number)
            }
            #expect(result.status == status, "\(result)")
        }
    }

    @Test func `databases that say nothing are unreachable within the limit, all at the same time`() async throws {
        try await withSilentServer { cli, _ in
            let health = try await cli.run("health", "--within", "300ms", "-o", "json", limit: patience)
            let items = try health.json()["items"]?.elements
            #expect(health.status == 69 && items?.count == 29, "\(health)")
            #expect(items?.allSatisfy { $0["state"]?.string == "unreachable" } == true, "\(health)")
            let metrics = try await cli.run("metrics", "--within", "300ms", limit: patience)
            #expect(metrics.status == 0 && metrics.lines.filter { $0.hasPrefix("saasctl_database_up{") && $0.hasSuffix(" 0") }.count == 7)
        }
    }

    @Test func `a connection that nobody waits for any more is given up`() async throws {
        try await withSilentServer { cli, server in
            let lines = "org list --timeout 300ms\norg list --timeout 300ms\n"
            let result = try await cli.run("repl", "--keep-going", input: lines, limit: patience)
            #expect(result.status == 9 && result.stderr.contains("2 failed (2 TIMED_OUT)"), "\(result)")
            #expect(try server.connections() == 2, "the second line begins anew")
        }
    }

    private func withSilentServer(_ body: (CommandLineFixture, SilentServer) async throws -> Void) async throws {
        try await withCommandLine { cli in
            var cli = cli
            let folder = cli.scratch.file("silent")
            try cli.scratch.makeFolder("silent")
            let server = try SilentServer(folder: folder)
            defer { server.close() }
            cli.environment["SAASCTL_DATABASE"] = "host=\(folder) port=5432 user=nobody dbname={service} connect_timeout=600"
            cli.environment["SAASCTL_KEY_FILE"] = try cli.scratch.write([UInt8](repeating: 7, count: 32), to: "master.key")
            try await body(cli, server)
        }
    }
}

/// Listens where libpq looks for a server's socket, and leaves it at that.
private struct SilentServer: Sendable {
    private struct Failed: Error {
        let errno: Int32
    }

    private let descriptor: Int32

    init(folder: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(folder)/.s.PGSQL.5432".utf8)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard bound == 0, listen(descriptor, 8) == 0 else { throw Failed(errno: errno) }
    }

    func untilConnected() async throws {
        while try !isConnected() { await Task.yield() }
    }

    /// How many have connected, whom this takes off the queue.
    func connections() throws -> Int {
        var count = 0
        while try isConnected() {
            let peer = accept(descriptor, nil, nil)
            guard peer >= 0 else { throw Failed(errno: errno) }
            _ = Glibc.close(peer)
            count += 1
        }
        return count
    }

    private func isConnected() throws -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&wait, 1, 0)
        guard ready >= 0 || errno == EINTR else { throw Failed(errno: errno) }
        return ready > 0
    }

    func close() {
        _ = Glibc.close(descriptor)
    }
}
