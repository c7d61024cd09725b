import Analytics
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// Consumers on one server, the organization service on another, which a test then replaces; or all on one.
struct Failover {
    static let service = "organization"

    /// The server of all other services.
    let home: OwnServer
    /// Where the organization service's database is at first.
    let source: OwnServer
    /// All databases before anything happened.
    let databases: TestDatabases
    let load: Load

    /// Lends both servers, with a load that the worker has applied but for its end.
    static func with(seed: UInt64, _ body: (Failover) async throws -> Void) async throws {
        try await withOwnServer { home in
            try await withOwnServer(OwnServer.replicating) { source in
                let databases = home.databases.replacing(source.databases[service])
                try await body(Failover(home: home, source: source, databases: databases, load: try await Load(seed: seed, on: databases)))
            }
        }
    }

    /// Lends one server with all services.
    static func withOneServer(seed: UInt64, _ body: (Failover) async throws -> Void) async throws {
        try await withOwnServer { server in
            let load = try await Load(seed: seed, on: server.databases)
            try await body(Failover(home: server, source: server, databases: server.databases, load: load))
        }
    }

    /// Drops a service's database and loads what was dumped of it, in the same cluster.
    func restore(_ service: String, from file: String) async throws {
        let administrator = try await home.administrator()
        try await administrator.execute("drop database \(identifier: databases[service].name) with (force)")
        await administrator.close()
        _ = try await home.load(service, from: file)
    }

    /// Runs the built worker over all lanes to their ends.
    func work(_ databases: TestDatabases, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await withCommandLine(databases) { cli in
            let run = try await cli.run("worker", "run", "--once")
            #expect(run.status == 0, "\(run)", sourceLocation: sourceLocation)
        }
    }

    /// The lanes stand, say why, and leave all others to their work.
    func expectStop(
        _ databases: TestDatabases, of service: String = service, code: String = "LANE_SOURCE_CHANGED", says text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withCommandLine(databases) { cli in
            let run = try await cli.run("worker", "run", "--once", "-o", "json")
            #expect(run.status == 8 && run.stderr.contains("\"\(code)\""), "\(run)", sourceLocation: sourceLocation)
            #expect(run.stderr.contains(text), "\(run)", sourceLocation: sourceLocation)
            #expect(run.stderr.contains("saasctl worker rebase \(service)"), "\(run)", sourceLocation: sourceLocation)
            for lane in try run.json()["lanes"]?.elements ?? [] {
                let expected = lane["source"]?.string == service ? "stopped" : "level"
                // What the service reads of itself went back with it: only another timeline or another database shows.
                if lane["consumer"]?.string == service, lane["outcome"]?.string == "level" { continue }
                #expect(lane["outcome"]?.string == expected, "\(lane)", sourceLocation: sourceLocation)
            }
            let again = try await cli.run("worker", "run", "--once")
            #expect(again.status == 8 && again.stderr.contains(text), "\(again)", sourceLocation: sourceLocation)
        }
    }

    /// - Returns: how each lane went on, by consumer.
    @discardableResult
    func rebase(
        _ databases: TestDatabases, of service: String = service, _ flags: String..., way: String, lost: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String: JSONValue] {
        try await withCommandLine(databases) { cli in
            let command = ["worker", "rebase", service, "-o", "json"] + flags
            let dry = try await cli.run(command + ["--dry-run"])
            #expect(dry.status == 0, "\(dry)", sourceLocation: sourceLocation)
            let result = try await cli.run(command + ["--yes", "--reason", "ticket 17"])
            #expect(result.status == 0 && result.stdout == dry.stdout, "\(result) \(dry)", sourceLocation: sourceLocation)
            let items = try result.json()["items"]?.elements ?? []
            let readers = OracleReader.all.filter { $0.sources.contains(service) }
            #expect(
                items.count == readers.count
                    && items.allSatisfy {
                        $0["way"]?.string == way || ($0["consumer"]?.string == service && $0["way"]?.string == "stays")
                    }, "\(result)", sourceLocation: sourceLocation)
            #expect(items.compactMap { $0["lost"]?.integer }.max() == Int64(lost), "\(result)", sourceLocation: sourceLocation)
            let second = try await cli.run(command + ["--yes"])
            #expect(second.status == 0 && second.stderr.contains("no lane that reads"), "\(second)", sourceLocation: sourceLocation)
            let records = try await databases[service].connect(as: .superuser).fetchOne(
                "select count(*) from outbox_rebases where ended_at is not null", as: Int.self)
            #expect(records == 1, sourceLocation: sourceLocation)
            return Dictionary(items.compactMap { item in item["consumer"]?.string.map { ($0, item) } }) { $1 }
        }
    }

    func refuse(
        _ databases: TestDatabases, of service: String = service, _ flags: String..., code: String, says texts: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withCommandLine(databases) { cli in
            let result = try await cli.run(["worker", "rebase", service, "--yes"] + flags)
            #expect(result.status == 6 && result.stderr.contains(code), "\(result)", sourceLocation: sourceLocation)
            for text in texts { #expect(result.stderr.contains(text), "\(result)", sourceLocation: sourceLocation) }
        }
    }

    /// The ids of the organization's events, by position.
    static func events(_ database: TestDatabase) async throws -> [UUID] {
        let connection = try await database.connect(as: .superuser)
        defer { Task { await connection.close() } }
        return try await connection.fetch("select id from outbox order by position")
    }

    /// Which of the organization's events each consumer has applied cannot be seen, but the log can, and counts can.
    func expectEach(
        of events: [UUID], in databases: TestDatabases, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let audit = try await databases["audit"].connect(as: .superuser)
        let logged: [UUID] = try await audit.fetch("select id from entries where source = 'organization'")
        #expect(logged.count == Set(logged).count, "an event is in the log twice", sourceLocation: sourceLocation)
        #expect(Set(logged) == Set(events), sourceLocation: sourceLocation)
        let consumer = AnalyticsConsumer()
        let counts: SQL = """
            select concat_ws(' ', day, type, events) from (
                select (time at time zone 'UTC')::date as day, type, count(*) as events from entries
                where source = any (\(consumer.sources)) and regexp_replace(type, '[.]v[0-9]+$', '') = any (\((consumer.understands ?? []).map(\.name)))
                group by 1, 2) as c order by 1
            """
        let analytics = try await databases["analytics"].connect(as: .superuser)
        let due: [String] = try await audit.fetch(counts)
        let applied: [String] = try await analytics.fetch("select concat_ws(' ', day, type, events) from event_counts order by 1")
        #expect(applied == due, sourceLocation: sourceLocation)
        let lanes: [Int64] = try await audit.fetch(
            "select events from checkpoints where source = 'organization' order by seq desc limit 1", as: Int64.self)
        #expect(lanes == [Int64(events.count)], sourceLocation: sourceLocation)
    }
}
