import Billing
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport

/// Writers that change several services at once, each as commands do; a seed decides what each of them does.
///
/// Which of two writers comes first is decided by the server, so that two runs of a seed differ in that.
final class Load: Sendable {
    let seed: UInt64
    private let databases: TestDatabases
    /// Those that get ever more members.
    let organizations: [UUID]
    private let clock: any WallClock
    private let rounds = Atomic(0)

    /// Makes what must be there before anything else: the default plan, and organizations to add members to.
    init(
        seed: UInt64, on databases: TestDatabases, organizations count: Int = 8, clock: any WallClock = SystemClock()
    ) async throws {
        self.seed = seed
        self.clock = clock
        self.databases = databases
        let billing = try await databases["billing"].connect()
        try await billing.change("billing", .ofLoad(at: clock.now())) { try PlanService.create(.free, in: $0, context: $1) }
        await billing.close()
        var random = SeededGenerator(seed: seed)
        let deeds = (0..<count).map { _ in LoadDeed.createOrganization(suffix: random.name()) }
        let organization = try await databases["organization"].connect()
        for deed in deeds { try await deed.perform(on: organization, at: clock.now()) }
        organizations = try await organization.fetch("select id from organizations order by slug")
        await organization.close()
    }

    /// The same load in other databases, which have what the first one made.
    init(continuing load: Load, on databases: TestDatabases) async throws {
        seed = load.seed &+ 0x10000
        clock = load.clock
        self.databases = databases
        organizations = load.organizations
    }

    /// So many transactions of several writers at once. Some roll back by plan.
    ///
    /// - Throws: what keeps a writer from writing.
    func write(transactions: Int, writers: Int = 4, bearingFaults: Bool = false) async throws {
        let left = Atomic(transactions)
        try await write(writers: writers, bearingFaults: bearingFaults) { left.subtract(1, ordering: .relaxed).newValue >= 0 }
    }

    /// Goes on while it is told to.
    ///
    /// - Parameter bearingFaults: a transaction that a fault of the database ends is given up, and the next one begun.
    /// - Parameter pause: of each writer after each transaction.
    func write(
        writers: Int = 4, bearingFaults: Bool = false, pause: Duration = .zero, while isWanted: @escaping @Sendable () -> Bool
    ) async throws {
        let round = UInt64(rounds.add(1, ordering: .relaxed).newValue)
        try await withThrowingTaskGroup { group in
            for number in 0..<UInt64(writers) {
                let random = SeededGenerator(seed: seed << 24 | round << 8 | number)
                group.addTask { try await self.write(random, bearingFaults, pause, while: isWanted) }
            }
            try await group.waitForAll()
        }
    }

    /// Goes on while the body runs, at a pace that leaves the machine to what the test is about.
    func write(
        writers: Int = 4, bearingFaults: Bool = false, during body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let isOver = Flag()
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await self.write(writers: writers, bearingFaults: bearingFaults, pause: .milliseconds(20)) { !isOver.isRaised }
            }
            group.addTask {
                defer { isOver.raise() }
                try await body()
            }
            try await group.waitForAll()
        }
    }

    /// One transaction with so many new members of each organization.
    func burst(membersOfEach count: Int) async throws {
        let organization = try await databases["organization"].connect()
        try await LoadDeed.addManyMembers(organizations, count: count).perform(on: organization, at: clock.now())
        await organization.close()
    }

    private func write(
        _ seeded: SeededGenerator, _ bearingFaults: Bool, _ pause: Duration, while isWanted: () -> Bool
    ) async throws {
        var random = seeded
        var connections: [String: Connection] = [:]
        while isWanted() {
            let deed = LoadDeed(organizations, using: &random)
            if pause > .zero { try await Task.sleep(for: pause) }
            do {
                let connection: Connection
                if let open = connections[deed.service] {
                    connection = open
                } else {
                    connection = try await databases[deed.service].connect()
                    connections[deed.service] = connection
                }
                try await deed.perform(on: connection, at: clock.now())
            } catch is TransactionPlan.RolledBack {
            } catch let error as PostgresError where bearingFaults {
                guard error.sqlState?.class2 != "23" else { throw error }
                await connections.removeValue(forKey: deed.service)?.close()
                // A server that is down refuses at once; asking it all the time would keep it from coming up.
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        for connection in connections.values { await connection.close() }
    }
}
