import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// One writing transaction, decided on before it begins, so that the seed decides it.
struct TransactionPlan: Sendable {
    struct Step: Sendable {
        let thing: UUID
        let events: Int
        let savepoint: Savepoint?
        let pause: Double
    }

    enum Savepoint: Sendable { case kept, undone }

    struct RolledBack: Error {}
    private struct Undone: Error {}

    /// Takes its number before it locks or writes anything, and so may commit after younger ones that changed the same things.
    let takesIdEarly: Bool
    let pause: Double
    /// In the order of the things' ids, as every service does it; so there are no deadlocks.
    let steps: [Step]
    /// All locks before all events, as a service does, or each thing's events at once.
    let appendsAtTheEnd: Bool
    let rollsBack: Bool

    init(things: [UUID], using random: inout SeededGenerator) {
        takesIdEarly = random.happens(50)
        pause = random.happens(30) ? Double.random(in: 0...0.04, using: &random) : 0
        appendsAtTheEnd = random.happens(50)
        rollsBack = random.happens(15)
        let chosen = things.shuffled(using: &random).prefix(random.pick(1, 1, 2, 4)).sorted { $0.text < $1.text }
        steps = chosen.map { thing in
            Step(
                thing: thing, events: random.pick(1, 1, 1, 12), savepoint: random.happens(30) ? random.pick(.kept, .undone) : nil,
                pause: random.happens(10) ? Double.random(in: 0...0.1, using: &random) : 0)
        }
    }

    /// - Throws: ``RolledBack``, so that the transaction is; `PostgresError`.
    func perform(in session: Session) throws {
        if takesIdEarly { _ = try session.one(Query<Xid8>("select pg_current_xact_id()")) }
        try session.sleep(pause)
        var pending: [PendingEvent] = []
        for step in steps {
            do {
                switch step.savepoint {
                case nil: pending += try change(step, in: session)
                case .kept: pending += try session.savepoint { try change(step, in: session) }
                case .undone:
                    try session.savepoint {
                        _ = try change(step, in: session)
                        throw Undone()
                    }
                }
            } catch is Undone {}
            try session.sleep(step.pause)
        }
        try session.append(pending)
        if rollsBack { throw RolledBack() }
    }

    /// - Returns: the events that are still to be appended.
    private func change(_ step: Step, in session: Session) throws -> [PendingEvent] {
        let events = try session.change(step.thing, times: step.events)
        if appendsAtTheEnd { return events }
        try session.append(events)
        return []
    }
}

extension Session {
    /// Locks the thing's row and counts its events, as a service does before it appends.
    func change(_ thing: UUID, times: Int = 1) throws -> [PendingEvent] {
        let last = try one(
            Query<Int64>("update torture_things set sequence = sequence + \(times) where id = \(thing) returning sequence"))
        return try (1...times).map { try .thing(thing, sequence: last - Int64(times) + Int64($0)) }
    }

    func append(_ events: [PendingEvent]) throws {
        let context = OperationContext(now: SystemClock().now(), actor: .service("torture"), correlationId: .id(3))
        try OutboxWriter(service: "organization").append(events, in: self, context: context)
    }

    /// Keeps the transaction open for a while.
    func sleep(_ seconds: Double) throws {
        if seconds > 0 { try run(Query("select pg_sleep(\(String(seconds))::float8)")) }
    }
}
