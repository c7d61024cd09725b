import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import SaasctlApp

/// Each service has its data to itself: in the databases' rights, in the code, and in `docs/data-ownership-matrix.md`.
@Suite(.databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct OwnershipTests {
    @Test func `the matrix says what the databases and the registry do, and where people are`() async throws {
        try await Program.lend(TestDatabases.current) { program in
            try await Self.live(program)
            var matrix: (tables: [String: [OwnershipMatrix.Table]], functions: [String: [String]], people: [String: [String: [String]]]) =
                ([:], [:], [:])
            for service in Registry.services {
                let connection = try await TestDatabases.current[service].connect(as: .superuser)
                matrix.tables[service] = try await OwnershipMatrix.tables(of: connection)
                matrix.functions[service] = try await OwnershipMatrix.functions(of: connection)
                matrix.people[service] = try await OwnershipMatrix.columns(holding: Self.people, in: connection)
                await connection.close()
            }
            let modeled = Registry.consumers.flatMap { consumer in
                (consumer.readModel.map { $0.tables + $0.besides } ?? []).map { (consumer.service, $0) }
            }
            for (service, table) in modeled {
                #expect(matrix.tables[service]?.contains { $0.name == table } == true, "\(service).\(table)")
            }
            #expect(matrix.people["identity"]?["users"] == ["email", "email_normalized", "name"], "the search finds them")
            try Golden.expect(
                OwnershipMatrix(
                    modules: Registry.modules, tables: matrix.tables, functions: matrix.functions, people: matrix.people
                ).text, isDocument: "docs/data-ownership-matrix.md")
        }
    }

    /// Of those who are in the story, in no other words of it.
    private static let people = ["zelda", "yolanda", "xanthippe", "quux"]

    /// Something of everything that knows people.
    private static func live(_ given: Program) async throws {
        var program = given
        program.environment["SAASCTL_PASSWORD_COST"] = "10"
        let password = "correct horse battery staple\n"
        func run(_ arguments: String..., input: String = "") async {
            let result = await program.run(arguments, input: input)
            #expect(result.status == 0, "\(result)")
        }
        await run("db", "seed")
        await run("identity", "key", "rotate")
        await run(
            "identity", "user", "register", "zelda@example.org", "--name", "Zelda Quux", "--password-file", "-", "--idempotency-key", "k1",
            input: password)
        await run("identity", "user", "register", "yolanda@example.org", "--name", "Yolanda Quux")
        await run("identity", "session", "login", "zelda@example.org", "--password-file", "-", input: password)
        await run("identity", "password", "request", "yolanda@example.org")
        await run("org", "create", "acme", "--owner", "zelda@example.org", "--idempotency-key", "k2", "--reason", "first")
        await run("org", "member", "add", "yolanda@example.org", "--org", "acme")
        await run("org", "invite", "send", "xanthippe@example.org", "--org", "acme", "--as", "zelda@example.org")
        await run("worker", "run", "--once")
        await run("workflow", "project", "create", "WEB", "--org", "acme")
        await run("workflow", "task", "create", "Fix it", "--project", "WEB", "--org", "acme", "--assignee", "yolanda@example.org")
        await run("identity", "user", "disable", "yolanda@example.org", "--yes")
        await run("worker", "run", "--once")
    }

    @Test func `the roles of a service get into its own database alone, and nobody has rights but its two roles`() async throws {
        for service in Registry.services {
            let database = TestDatabases.current[service]
            let owner = "\(service)_owner"
            let connection = try await database.connect(as: .superuser)
            let (guests, strangers, links) = try await connection.session { session in
                (
                    try session.all(
                        Query<String>(
                            """
                            select rolname::text from pg_roles where not rolsuper and rolcanlogin
                                and has_database_privilege(oid, current_database(), 'connect') order by rolname
                            """)),
                    try session.all(
                        Query<String>(
                            """
                            select relname || ' ' || p.grantee::regrole from pg_class cross join lateral aclexplode(relacl) as p
                            where relnamespace = 'public'::regnamespace and p.grantee not in ('saasctl_app'::regrole, \(owner)::regrole)
                            """)),
                    try session.all(
                        Query<String>(
                            """
                            select extname::text from pg_extension where extname <> 'plpgsql'
                            union all select srvname::text from pg_foreign_server
                            union all select subname::text from pg_subscription
                            """))
                )
            }
            await connection.close()
            #expect(guests == ["\(service)_app", "\(service)_owner"])
            #expect(strangers == [])
            #expect(links == [], "nothing of \(service) reaches another database")
        }
    }

    @Test func `the manifest names the domains whose events a domain acts on, and no others`() throws {
        let root = (1...3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let manifest = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let defined = Dictionary(
            Registry.modules.flatMap(\.publishes).map { ($0.eventType.name, String(reflecting: $0).prefix { $0 != "." }) }
        ) { first, _ in first }
        for module in Registry.modules {
            let name = module.name.prefix(1).uppercased() + module.name.dropFirst()
            let line = try #require(manifest.split(separator: "\n").first { $0.contains("Domain(\"\(name)\"") })
            let consumes = line.matches(of: #/"([A-Z][a-z]+)"/#).map { String($0.output.1) }.dropFirst()
            let understood = module.consumers.flatMap { $0.understands ?? [] }.compactMap { defined[$0.name] }
            #expect(Set(consumes.map { "\($0)Events" }) == Set(understood.map(String.init)).subtracting(["\(name)Events"]), "\(line)")
        }
    }
}
