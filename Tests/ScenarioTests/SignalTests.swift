import Postgres
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Commands that are stopped from outside.
@Suite(.databases("organization", "identity"), .hangLimit) struct SignalTests {
    private static let owner = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"

    @Test(arguments: [(SIGINT, 130, "INTERRUPTED"), (SIGTERM, 143, "TERMINATED"), (SIGHUP, 143, "TERMINATED")])
    func `a command that waits for a lock is cancelled, here and on the server`(_ number: Int32, _ status: Int32, _ code: String)
        async throws
    {
        let database = TestDatabases.current["organization"]
        let holder = try await database.connect(as: .superuser)
        let watcher = try await database.connect(as: .superuser)
        try await withCommandLine(TestDatabases.current) { cli in
            let before = try await DatabaseContents(of: watcher)
            // Another transaction has taken the slug and may still give it back.
            let insert: SQL = """
                insert into organizations (id, slug, name, created_at, updated_at) values (gen_random_uuid(), 'acme', 'Acme', now(), now())
                """
            let result = try await withHeldTransaction(on: holder, insert) {
                try await cli.run("org", "create", "acme", "--owner", Self.owner) { program in
                    let backend = try await LockWait.backend(in: database.name, watcher: watcher)
                    try program.send(signal: number)
                    try await LockWait.end(of: backend, watcher: watcher)
                }
            }
            #expect(result.status == status && result.stdout.isEmpty, "\(result)")
            #expect(result.stderr.contains("error: \(code.lowercased())\n") && result.stderr.contains("code: \(code)"), "\(result)")
            let after = try await DatabaseContents(of: watcher)
            #expect(after == before)
            #expect(try await cli.run("org", "create", "acme", "--owner", Self.owner).status == 0)
        }
    }

    @Test func `a script stops where it is`() async throws {
        let database = TestDatabases.current["organization"]
        let holder = try await database.connect(as: .superuser)
        let watcher = try await database.connect(as: .superuser)
        try await withCommandLine(TestDatabases.current) { cli in
            let lines = (0..<50).map { "org create org-\($0) --owner \(Self.owner)" }.joined(separator: "\n")
            let result = try await withHeldTransaction(on: holder, "lock table organizations in exclusive mode") {
                try await cli.run("repl", "--keep-going", input: lines) { program in
                    let backend = try await LockWait.backend(in: database.name, watcher: watcher)
                    try program.send(signal: SIGINT)
                    try await LockWait.end(of: backend, watcher: watcher)
                }
            }
            #expect(result.status == 130, "\(result)")
            #expect(try await cli.run("org", "list", "-o", "name").stdout.isEmpty)
        }
    }

    @Test func `a reader that has seen enough is no failure`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            // More than a pipe holds.
            let connection = try await TestDatabases.current["organization"].connect()
            try await connection.session {
                try $0.run(
                    Query(
                        """
                        insert into organizations (id, slug, name, created_at, updated_at)
                        select gen_random_uuid(), 'org-' || n, 'Org ' || n, now(), now() from generate_series(1, 3000) n
                        """))
            }
            let result = try await cli.shell("saasctl org list --all | head -1")
            #expect(result.status == 0 && result.lines.count == 1 && result.stderr.isEmpty, "\(result)")
            // The shell's own file descriptors keep the status of the program, which POSIX drops.
            let status = try await cli.shell("{ { saasctl org list --all -o json; echo $? >&3; } | head -c 1; } 3>status")
            #expect(status.stdout == "{" && status.stderr.isEmpty, "\(status)")
            #expect(try cli.scratch.read("status") == "141\n")
        }
    }
}
