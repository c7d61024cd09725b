import FoundationEssentials
import Glibc
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import PostgresServer
import TestSupport

/// What may befall workers and databases.
enum SoakFault: CaseIterable, Sendable {
    case killWorker, killAllWorkers, stopWorker
    case endReading, endListening, endApplying, silence
    case restart, immediateStop, crash, databaseAway, noConnections
    case openWriter, idleSnapshot, lockedTable, millionthRow
    case poison, retry, prune, replay, clock

    /// Most of them last for a moment; some go on beside the next ones.
    ///
    /// - Returns: what a command said, where one is what befalls them.
    func strike(
        _ server: OwnServer, _ cli: CommandLineFixture, _ workers: SoakWorkers, _ load: Load, using random: inout SeededGenerator
    ) async throws -> CommandResult? {
        let moment = Duration.milliseconds(Int.random(in: 50...2_000, using: &random))
        let service = OwnServer.services.randomElement(using: &random) ?? "audit"
        let database = server.databases[service]
        switch self {
        case .killWorker: try workers.random(using: &random)?.send(signal: SIGKILL)
        case .killAllWorkers: workers.send(signal: SIGKILL)
        case .stopWorker: try workers.random(using: &random)?.send(signal: SIGTERM)
        case .endReading: try await end(.reading, server, using: &random)
        case .endListening: try await end(.listening, server, using: &random)
        case .endApplying: try await end(.applying, server, using: &random)
        case .silence: try await silence(server, for: .seconds(Int.random(in: 1...9, using: &random)), using: &random)
        case .restart:
            try await server.stop(.fast)
            try await server.start()
        case .immediateStop:
            try await server.stop(.immediate)
            try await server.start()
        case .crash: try await server.crash()
        case .databaseAway:
            try await server.take(service, away: true)
            try await Task.sleep(for: moment * 2)
            try await server.take(service, away: false)
        case .noConnections: try await exhaust(database, for: moment)
        case .openWriter, .millionthRow:
            let members = self == .openWriter ? 3 : 200
            let organizations = load.organizations
            workers.invite {
                let connection = try await server.databases["organization"].connect()
                try await holding(connection, takesId: true, for: moment * 5) {
                    try await $0.run { try LoadDeed.add(members, to: organizations, in: $0) }
                    try await $0.commit()
                }
            }
        case .idleSnapshot:
            workers.invite {
                let options = TransactionOptions(isolation: .repeatableRead)
                let connection = try await database.connect()
                try await holding(connection, "select count(*) from checkpoints", options, for: moment * 5) { try await $0.rollback() }
            }
        case .lockedTable:
            let connection = try await database.connect(as: .superuser)
            try await holding(connection, "lock table checkpoints in exclusive mode", for: moment) { try await $0.rollback() }
        case .poison: try await poison(server.databases["organization"])
        case .retry: return try await cli.run("dlq", "retry", "--all", "--consumer", "workflow")
        case .prune:
            for service in Soak.pruned { try await server.databases[service].skipPartition() }
            return try await cli.prune()
        case .replay:
            let consumer = random.pick("analytics", "workflow")
            return try await cli.run("worker", "replay", "--consumer", consumer, "--yes", limit: .seconds(600))
        case .clock: try cli.setClock(hours: random.pick(-9, -1, 0, 2, 11))
        }
        return nil
    }

    /// Keeps a transaction open for a while, and leaves it to the body to end it.
    private func holding(
        _ connection: Connection, _ statement: SQL = "select 1", _ options: TransactionOptions = TransactionOptions(),
        takesId: Bool = false,
        for time: Duration, _ end: (HeldTransaction) async throws -> Void
    ) async throws {
        let transaction = try await HeldTransaction(on: connection, takesId: takesId, options: options)
        do {
            _ = try await transaction.run { try $0.run(Query(statement)) }
            try await Task.sleep(for: time)
            try await end(transaction)
        } catch {
            try await transaction.rollback()
            throw error
        }
        await connection.close()
    }

    private func end(_ role: WorkerSessions.Role, _ server: OwnServer, using random: inout SeededGenerator) async throws {
        let watcher = try await server.administrator()
        try await WorkerSessions(watcher: watcher).terminateOne(role, using: &random)
        await watcher.close()
    }

    /// Stops a session's process: nothing comes from it, and nothing says that it is gone.
    private func silence(_ server: OwnServer, for time: Duration, using random: inout SeededGenerator) async throws {
        let watcher = try await server.administrator()
        let role = WorkerSessions.Role.allCases.randomElement(using: &random) ?? .applying
        let silent = try await WorkerSessions(watcher: watcher).backends(role).randomElement(using: &random)
        await watcher.close()
        guard let silent else { return }
        let process = RunningProgram(processID: silent)
        try process.send(signal: SIGSTOP)
        try await Task.sleep(for: time)
        try process.send(signal: SIGCONT)
    }

    private func exhaust(_ database: TestDatabase, for time: Duration) async throws {
        var taken: [Connection] = []
        do {
            while true { taken.append(try await database.connect()) }
        } catch let error as PostgresError where error.sqlState == .tooManyConnections {
            try await Task.sleep(for: time)
        }
        for connection in taken { await connection.close() }
    }

    /// An event that nobody can read, and one of the same aggregate behind it.
    private func poison(_ database: TestDatabase) async throws {
        let connection = try await database.connect()
        let context = OperationContext.ofLoad()
        let subject = context.newId()
        let added = MemberAdded(organizationId: subject, userId: context.newId(), role: .member)
        let events = [
            try PendingEvent(IllegibleMember(number: 1), subject: subject, sequence: 1, organization: nil),
            try PendingEvent(added, subject: subject, sequence: 2, organization: nil),
        ]
        try await connection.transaction { _ = try OutboxWriter(service: "organization").append(events, in: $0, context: context) }
        await connection.close()
    }
}

/// Says that a member was added, but not who, nor to what.
private struct IllegibleMember: DomainEvent {
    static let eventType = EventType("saas.member.added", version: 1)
    static let aggregateType = "organization"

    let number: Int
}

extension OwnServer {
    /// Lets nobody connect to a service's database any more, and ends all sessions there; or lets everybody connect again.
    func take(_ service: String, away isAway: Bool) async throws {
        let administrator = try await administrator()
        let name = databases[service].name
        try await administrator.execute("alter database \(identifier: name) allow_connections \(unsafeRaw: String(!isAway))")
        if isAway {
            try await administrator.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = \(name)")
        }
        await administrator.close()
    }
}

extension CommandLineFixture {
    /// Lets whatever is started from now on believe that it is so many hours later than it is.
    func setClock(hours: Int) throws {
        if try scratch.read(Self.settings) == nil { try scratch.write("profiles:\n  default:\n    clock_file: clock\n", to: Self.settings) }
        try scratch.write("\(hours * 3_600_000_000)\n", to: "home/config/saasctl/clock")
    }

    /// Drops what every lane has passed, by a clock that runs true: one that was set back finds everything young.
    func prune() async throws -> CommandResult {
        try await run("db", "prune", "--older-than", "1s", "-o", "json", variables: ["XDG_CONFIG_HOME": scratch.file("nowhere")])
    }

    private static let settings = "home/config/saasctl/config.yaml"
}

extension TestDatabase {
    /// Makes an outbox that is empty yet of so many partitions of a thousand positions.
    func makeSmallPartitions(_ count: Int) async throws {
        let superuser = try await connect(as: .superuser)
        try await superuser.session {
            try $0.script(
                """
                drop table outbox_000000000000001, outbox_000000005000001;
                delete from outbox_partitions;
                select outbox_extend(4, 1000);
                do $$ begin
                  for partition in 4..\(count) by 4 loop
                    perform setval('outbox_position_seq', partition * 1000);
                    perform outbox_extend(4, 1000);
                  end loop;
                  perform setval('outbox_position_seq', 1, false);
                end $$;
                """)
        }
        await superuser.close()
    }

    /// Lets the partition in use come to its end: who appends next does so in another one.
    func skipPartition() async throws {
        let superuser = try await connect(as: .superuser)
        try await superuser.execute("select setval('outbox_position_seq', (last_value / 1000 + 2) * 1000) from outbox_position_seq")
        await superuser.close()
    }
}
