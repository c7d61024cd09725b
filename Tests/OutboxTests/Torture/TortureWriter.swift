import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport

extension TransactionPlan {
    /// On the torture's own table.
    func perform(in session: Session) throws {
        try perform(in: session, changing: { try session.change($0, times: $1) }, appending: { try session.append($0) })
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
}
