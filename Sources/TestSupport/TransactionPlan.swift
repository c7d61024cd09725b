public import FoundationEssentials
public import Outbox
public import Postgres

/// One writing transaction over some aggregates, decided on before it begins, so that the seed decides it.
public struct TransactionPlan: Sendable {
    struct Step: Sendable {
        let aggregate: UUID
        let events: Int
        let savepoint: Savepoint?
        let pause: Double
    }

    enum Savepoint: Sendable { case kept, undone }

    /// The plan was to roll back.
    public struct RolledBack: Error {
        public init() {}
    }

    private struct Undone: Error {}

    /// Takes its number before it locks or writes anything, and so may commit after younger ones that changed the same aggregates.
    let takesIdEarly: Bool
    let pause: Double
    /// In the order of the aggregates' ids, as every service does it; so there are no deadlocks.
    let steps: [Step]
    /// All locks before all events, as a service does, or each aggregate's events at once.
    let appendsAtTheEnd: Bool
    let rollsBack: Bool

    /// - Parameter aggregates: of which it changes a few.
    public init(_ aggregates: [UUID], using random: inout SeededGenerator) {
        takesIdEarly = random.happens(50)
        pause = random.happens(30) ? Double.random(in: 0...0.04, using: &random) : 0
        appendsAtTheEnd = random.happens(50)
        rollsBack = random.happens(15)
        let chosen = aggregates.shuffled(using: &random).prefix(random.pick(1, 1, 2, 4)).sorted()
        steps = chosen.map { aggregate in
            Step(
                aggregate: aggregate, events: random.pick(1, 1, 1, 12),
                savepoint: random.happens(30) ? random.pick(.kept, .undone) : nil,
                pause: random.happens(10) ? Double.random(in: 0...0.1, using: &random) : 0)
        }
    }

    /// - Parameter change: locks and changes an aggregate's row, and returns so many events of it.
    /// - Parameter append: stores events.
    /// - Throws: ``RolledBack``, so that the transaction is; `PostgresError`.
    public func perform(
        in session: Session, changing change: (UUID, _ events: Int) throws -> [PendingEvent],
        appending append: ([PendingEvent]) throws -> Void
    ) throws {
        func changed(_ step: Step) throws -> [PendingEvent] {
            let events = try change(step.aggregate, step.events)
            if appendsAtTheEnd { return events }
            try append(events)
            return []
        }
        if takesIdEarly { _ = try session.one(Query<Xid8>("select pg_current_xact_id()")) }
        try session.sleep(pause)
        var pending: [PendingEvent] = []
        for step in steps {
            do {
                switch step.savepoint {
                case nil: pending += try changed(step)
                case .kept: pending += try session.savepoint { try changed(step) }
                case .undone:
                    try session.savepoint {
                        _ = try changed(step)
                        throw Undone()
                    }
                }
            } catch is Undone {}
            try session.sleep(step.pause)
        }
        try append(pending)
        if rollsBack { throw RolledBack() }
    }
}

extension Session {
    /// Keeps the transaction open for a while.
    public func sleep(_ seconds: Double) throws {
        if seconds > 0 { try run(Query("select pg_sleep(\(String(seconds))::float8)")) }
    }
}
