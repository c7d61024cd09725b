import FoundationEssentials
import Kernel
import Postgres
import Synchronization
import TestSupport

/// Concurrent writers against one reader that keeps being killed, on the databases of the current test.
final class Torture: Sendable {
    struct Report: Sendable, CustomStringConvertible {
        let seed: UInt64
        let verdict: Verdict
        /// The oracle on the outbox itself: unless this is clean, the writers are at fault and no reader.
        let outboxItself: Verdict
        let committed: Int
        let rolledBack: Int
        let deaths: Int
        let windowsWithLate: Int

        var description: String {
            "seed \(seed): \(verdict); \(committed) committed, \(rolledBack) transactions rolled back, \(deaths) deaths of the reader"
        }
    }

    static let writers = 8

    private let seed: UInt64
    private let seconds: Double
    private let things = (1...12).map { UUID.id($0) }
    private let watch = LevelWatch()
    private let writersAreDone = Atomic(false)

    /// `SAASCTL_TORTURE_SECONDS` lengthens the run, `SAASCTL_TORTURE_SEED` repeats the decisions of another. What the server's scheduler
    /// makes of them nobody can repeat.
    ///
    /// - Parameter seconds: how long the writers write at random; the reader then reads to the end.
    init(seconds: Double) {
        self.seconds = ProcessVariables["SAASCTL_TORTURE_SECONDS"].flatMap(Double.init) ?? seconds
        seed = ProcessVariables["SAASCTL_TORTURE_SEED"].flatMap(UInt64.init) ?? .random(in: 1...999_999)
    }

    /// - Throws: what kept writers or reader from their work; what the reader makes of the events is in the report.
    func run<Rule: ReadingRule>(_ rule: Rule.Type) async throws -> Report {
        try await makeTables()
        async let reading = read(by: rule)
        let rolledBack: Int
        do {
            try await writeFixedInterleavings()
            rolledBack = try await writeAtRandom()
            writersAreDone.store(true, ordering: .releasing)
        } catch {
            writersAreDone.store(true, ordering: .releasing)
            _ = try await reading
            throw error
        }
        let (deaths, windowsWithLate) = try await reading
        let (source, sink) = (try await source(), try await sink())
        let committed = try await source.session { try $0.all(Delivery.all(in: "outbox", orderedBy: "position")) }
        let applied = try await sink.session { try $0.all(Delivery.all(in: "torture_sink", orderedBy: "n")) }
        return Report(
            seed: seed, verdict: Verdict(committed: committed, applied: applied),
            outboxItself: Verdict(committed: committed, applied: committed), committed: committed.count, rolledBack: rolledBack,
            deaths: deaths, windowsWithLate: windowsWithLate)
    }

    private func source(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["organization"].connect(as: role)
    }

    private func sink(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["billing"].connect(as: role)
    }

    private func makeTables() async throws {
        let things = things
        try await source(as: .owner).session { session in
            try session.script("create table torture_things (id uuid primary key, sequence bigint not null default 0)")
            try session.run(Query("insert into torture_things select unnest(\(things))"))
            try session.script("grant select, update on torture_things to saasctl_app")
        }
        try await sink(as: .owner).session { session in
            // No constraint keeps a reader from applying an event twice: the oracle is to see it.
            try session.script(
                """
                create table torture_sink (n bigint generated always as identity primary key, position bigint, id uuid, subject uuid, sequence bigint);
                create table torture_state (txid xid8 not null, position bigint not null);
                insert into torture_state values ('0', 0);
                grant select, insert on torture_sink to saasctl_app;
                grant select, update on torture_state to saasctl_app;
                """)
        }
    }
}

// MARK: Writing

extension Torture {
    /// The two interleavings that simple rules cannot survive, so that no run depends on meeting them by chance.
    private func writeFixedInterleavings() async throws {
        let (first, second) = (things[0], things[1])
        let slow = try await HeldTransaction(on: source())
        _ = try await slow.run { try $0.append($0.change(first)) }
        try await source().transaction { try $0.append($0.change(second)) }
        await watch.level()
        try await slow.commit()

        let older = try await HeldTransaction(on: source(), takesId: true)
        await watch.level()
        try await source().transaction { try $0.append($0.change(first)) }
        await watch.level()
        _ = try await older.run { try $0.append($0.change(first)) }
        try await older.commit()
    }

    /// - Returns: how many transactions were rolled back.
    private func writeAtRandom() async throws -> Int {
        let end = ContinuousClock.now + .seconds(seconds)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<Self.writers { group.addTask { try await self.write(number, until: end) } }
            group.addTask { try await self.stand(until: end) }
            return try await group.reduce(0, +)
        }
    }

    private func write(_ number: Int, until end: ContinuousClock.Instant) async throws -> Int {
        var random = SeededGenerator(seed: seed << 8 | UInt64(number))
        let connection = try await source()
        var rolledBack = 0
        while ContinuousClock.now < end {
            let plan = TransactionPlan(things, using: &random)
            do {
                try await connection.transaction { try plan.perform(in: $0) }
            } catch is TransactionPlan.RolledBack {
                rolledBack += 1
            }
        }
        return rolledBack
    }

    /// A writer in another database, whose transactions hold back whoever waits for the oldest one of the cluster.
    private func stand(until end: ContinuousClock.Instant) async throws -> Int {
        var random = SeededGenerator(seed: seed << 8 | 0xFF)
        let connection = try await sink()
        while ContinuousClock.now < end {
            let pause = Double.random(in: 0...0.3, using: &random)
            try await connection.transaction(TransactionOptions(ending: .rollback)) { session in
                _ = try session.one(Query<Xid8>("select pg_current_xact_id()"))
                try session.sleep(pause)
            }
        }
        return 0
    }
}

// MARK: Reading

extension Torture {
    private func read<Rule: ReadingRule>(by _: Rule.Type) async throws -> (deaths: Int, windowsWithLate: Int) {
        var random = SeededGenerator(seed: seed << 8 | 0xFE)
        var deaths = 0
        var windowsWithLate = 0
        do {
            while true {
                let links = Links(source: try await source(), sink: try await sink())
                var rule = Rule()
                do {
                    try await poll(&rule, links, &random, deaths: deaths)
                    windowsWithLate += rule.windowsWithLate
                    await watch.end()
                    return (deaths, windowsWithLate)
                } catch is Killed {
                    windowsWithLate += rule.windowsWithLate
                    deaths += 1
                    await links.source.close()
                    await links.sink.close()
                }
            }
        } catch {
            await watch.end()
            throw error
        }
    }

    /// Until all is read or the reader dies.
    private func poll(_ rule: inout some ReadingRule, _ links: Links, _ random: inout SeededGenerator, deaths: Int) async throws {
        while true {
            let isLast = writersAreDone.load(ordering: .acquiring)
            let number = await watch.begins()
            // Each death once for certain, and more by chance.
            let death =
                deaths < Death.allCases.count
                ? Death.allCases[deaths] : random.happens(4) ? Death.allCases.randomElement(using: &random) : nil
            let applied: Int
            do {
                applied = try await rule.poll(links, limit: random.pick(3, 7, 50), death: death)
            } catch let error as PostgresError where death != nil && error.kind == .connectionLost {
                throw Killed()
            }
            guard applied == 0 else { continue }
            await watch.foundNothing(number)
            if isLast {
                guard type(of: rule).mayLag else { return }
                if try await hasAll(links) { return }
            }
            try await links.source.session { try $0.sleep(0.002) }
        }
    }

    private func hasAll(_ links: Links) async throws -> Bool {
        let written = try await links.source.session { try $0.one(Query<Int>("select count(*) from outbox")) }
        let read = try await links.sink.session { try $0.one(Query<Int>("select count(*) from torture_sink")) }
        return read >= written
    }
}
