import EventSchemas
import Kernel
import Postgres
import TestSupport
import Testing

/// The story that the README tells, from nothing to the audit log, on a sandbox of its own and through a shell.
@Suite struct StoryTests {
    @Test(.hangLimit) func `an organization is created and its subscription activated by an event`() async throws {
        try await withCommandLine { cli in
            #expect(try await cli.shell("saasctl sandbox start").status == 0)
            #expect(try await cli.run("sandbox", "status", "-o", "json").json()["state"]?.string == "running")

            let registered = try await cli.shell(
                """
                printf 'correct horse battery staple\\n' |
                    saasctl identity user register ada@example.org --name 'Ada Lovelace' --password-file - -o json
                """)
            #expect(registered.status == 0, "\(registered)")
            #expect(try registered.json()["has_password"] == .bool(true))
            let created = try await cli.shell("saasctl org create acme --name 'Acme GmbH' --owner ada@example.org -o json")
            #expect(created.status == 0, "\(created)")
            let organization = try #require(created.json()["id"]?.string)

            let early = try await cli.run("billing", "sub", "get", "acme")
            #expect(early.status == 3 && early.stderr.contains("try: saasctl worker run --once"), "\(early)")
            let worker = try await cli.shell("saasctl worker run --once")
            #expect(worker.status == 0 && worker.stdout.isEmpty && worker.stderr.isEmpty, "silent for cron: \(worker)")

            try await billingKnows(cli)
            try await theLogTells(cli, organization)
            try await everyLaneIsLevel(cli)
            try await othersKnow(cli)
            try await eventsAreWhatTheirSchemasSay(cli)
            try await aSecondRunChangesNothing(cli)
            try await failuresChangeNothing(cli)
        }
    }

    private func billingKnows(_ cli: CommandLineFixture) async throws {
        let subscription = try await cli.run("billing", "sub", "get", "acme", "-o", "json").json()
        #expect(subscription["status"]?.string == "active")
        #expect(subscription["plan", "slug"]?.string == "free")
        #expect(subscription["price", "currency"]?.string == "EUR" && subscription["price", "amount"] == .integer(0))
        let entitlements = try await cli.run("billing", "entitlement", "list", "acme")
        #expect(entitlements.status == 0 && entitlements.lines.count == 4, "a header and three: \(entitlements)")
    }

    private func theLogTells(_ cli: CommandLineFixture, _ organization: String) async throws {
        let log = try await cli.run("audit", "query", "--org", "acme", "-o", "json").json()
        let entries = try #require(log["items"]?.elements)
        #expect(
            Set(entries.compactMap { $0["type"]?.string }) == [
                "saas.organization.created.v1", "saas.member.added.v1", "saas.subscription.activated.v1", "saas.entitlements.updated.v1",
                "saas.notification.delivered.v1",
            ])
        #expect(entries.count == 5)
        #expect(Set(entries.compactMap { $0["correlation_id"]?.string }).count == 1, "one story")
        #expect(Set(entries.compactMap { $0["organization_id"]?.string }) == [organization])
        let everything = try await cli.run("audit", "query", "--all", "-o", "json")
        #expect(!everything.stdout.contains("ada@") && !everything.stdout.contains("Lovelace") && !everything.stdout.contains("Acme"))
    }

    /// In the outboxes, and in what the log gives to those who have no database.
    private func eventsAreWhatTheirSchemasSay(_ cli: CommandLineFixture) async throws {
        let schemas = try SchemaBook()
        let databases = try await SandboxDatabases(of: cli)
        var connections: [String: Connection] = [:]
        for service in SandboxDatabases.services { connections[service] = try await databases.connect(service) }
        let types = try await schemas.expectOutboxes(of: connections)
        for connection in connections.values { await connection.close() }
        #expect(types.count >= 10, "\(types)")
        let exported = try await cli.run("audit", "export").lines.map { try JSONValue(parsing: $0) }
        let exportedTypes = Set(exported.compactMap { $0["type"]?.string })
        #expect(exportedTypes.isSuperset(of: ["saas.organization.created.v1", "saas.project.created.v1"]))
        for entry in exported { #expect(schemas.envelope.faults(of: entry) == []) }
    }

    private func everyLaneIsLevel(_ cli: CommandLineFixture) async throws {
        let lanes = try #require(try await cli.run("worker", "status", "-o", "json").json()["items"]?.elements)
        #expect(lanes.count >= 14)
        #expect(lanes.allSatisfy { $0["behind"] == .integer(0) && $0["state"]?.string == "level" }, "\(lanes)")
    }

    private func othersKnow(_ cli: CommandLineFixture) async throws {
        let notes = try await cli.run("notification", "list", "ada@example.org", "-o", "json").json()
        #expect(notes["items"]?.elements.map { $0["template"]?.string } == ["member_added", "welcome"])
        #expect(notes["items"]?.elements.first?["text"]?.string == "You belong to acme now, as owner.")
        let figures = try await cli.run("analytics", "subscriptions", "-o", "json").json()
        #expect(figures["items"]?.elements.map { $0["plan"]?.string } == ["free"])
        #expect(figures["items"]?.elements.map { $0["subscriptions"]?.integer } == [1])
        let project = try await cli.run("workflow", "project", "create", "WEB", "--org", "acme", "-o", "name")
        #expect(project.stdout == "WEB\n", "\(project)")
        #expect(try await cli.run("worker").status == 0)
    }

    private func aSecondRunChangesNothing(_ cli: CommandLineFixture) async throws {
        let databases = try await SandboxDatabases(of: cli)
        let before = try await databases.contents()
        #expect(before.values.allSatisfy { ($0["schema_migrations"] ?? 0) > 0 })
        let again = try await cli.shell("saasctl worker --once")
        #expect(again.status == 0 && again.stdout.isEmpty && again.stderr.isEmpty, "\(again)")
        let after = try await databases.contents()
        for service in SandboxDatabases.services {
            // Which run was the last is all that a run without events may leave behind.
            let differences = try #require(after[service]).differences(from: try #require(before[service])).filter { $0 != "worker_runs" }
            #expect(differences.isEmpty, "in the database of \(service)")
        }
    }

    private func failuresChangeNothing(_ cli: CommandLineFixture) async throws {
        let databases = try await SandboxDatabases(of: cli)
        let before = try await databases.contents()
        let dry = try await cli.shell("saasctl org create beta --owner ada@example.org --dry-run ; saasctl org get beta ; echo $?")
        #expect(dry.stdout.hasPrefix("dry run: nothing was changed\nwould insert organizations"), "\(dry)")
        #expect(dry.stdout.contains("would insert memberships") && dry.stdout.contains("would publish saas.organization.created.v1"))
        #expect(dry.lines.last == "3" && dry.stderr.hasPrefix("error: organization \"beta\" does not exist\n"), "\(dry)")

        let taken = try await cli.shell("saasctl org create acme --owner ada@example.org ; echo $?")
        #expect(taken.stdout == "5\n" && taken.stderr.hasPrefix("error: organization \"acme\" exists already\n"), "\(taken)")
        let missing = try await cli.shell("saasctl org get nosuch ; echo $?")
        #expect(missing.stdout == "3\n" && missing.stderr.hasPrefix("error: organization \"nosuch\" does not exist\n"), "\(missing)")
        let misspelt = try await cli.shell("saasctl org creat x ; echo $?")
        #expect(misspelt.stdout == "64\n" && misspelt.stderr.contains("try: saasctl org create"), "\(misspelt)")
        let nowhere = try await cli.shell("SAASCTL_PROFILE=nowhere saasctl org list ; echo $?")
        #expect(nowhere.stdout == "78\n" && nowhere.stderr.hasPrefix("error: there is no profile \"nowhere\"\n"), "\(nowhere)")
        let after = try await databases.contents()
        #expect(after == before)
    }
}
