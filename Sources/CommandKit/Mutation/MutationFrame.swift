import FoundationEssentials
public import Kernel
import Outbox
import Postgres

/// How a change ended.
public enum MutationOutcome<Value: Sendable>: Sendable {
    case changed(Value)
    /// The idempotency key was used before, with the same parameters: the stored result, as JSON.
    case repeated(String)
    /// A dry run: nothing was changed.
    case rehearsed(Rehearsal)
    /// The record of the refusal is committed all the same.
    case refused(Failure)
}

/// What happens around a service function inside the transaction.
struct MutationFrame: Sendable {
    /// How long a key is kept.
    static let keyLifetime = Duration.seconds(24 * 3_600)

    let service: String
    let operation: OperationContext
    let record: OperationRecord
    let key: IdempotencyKey?
    let isDryRun: Bool

    func run<Value: Renderable>(
        _ body: (Session, OperationContext) throws -> Decision<Value>, in session: Session
    ) throws -> MutationOutcome<Value> {
        if let key, let stored = try take(key, in: session) { return .repeated(stored) }
        switch try body(session, operation) {
        case .accepted(let change):
            try finish(change.rows, change.events, storing: try key.map { ($0, try JSONCoding.encode(change.value)) }, in: session)
            return isDryRun ? .rehearsed(try rehearsal(change)) : .changed(change.value)
        case .refused(let failure, let change):
            try finish(change.rows, change.events, storing: nil, in: session)
            if let key { try session.run(MutationQueries.releaseKey(key)) }
            return .refused(failure)
        }
    }

    /// - Returns: the stored result where the key was used before; `nil` where it is ours now, until the transaction ends.
    private func take(_ key: IdempotencyKey, in session: Session) throws -> String? {
        let taking = MutationQueries.takeKey(
            key, correlationId: operation.correlationId, at: operation.now, until: operation.now.advanced(by: Self.keyLifetime))
        guard try session.first(taking) == nil else { return nil }
        let stored = try session.one(MutationQueries.storedResult(key))
        guard stored.parameters == key.parameters else {
            throw Failure(
                .idempotencyMismatch, "idempotency key \"\(key.key)\" was used for \"\(key.command)\" with other parameters",
                hint: "use a new key for a new change")
        }
        return stored.result
    }

    private func finish(
        _ rows: [ChangedRow], _ events: [PendingEvent], storing result: (key: IdempotencyKey, text: String)?, in session: Session
    ) throws {
        // An operation that changed nothing leaves nothing behind.
        if !rows.isEmpty || !events.isEmpty {
            try session.enqueue(MutationQueries.record(record, operation: operation))
            for statement in OutboxWriter(service: service).statements(storing: events, context: operation) {
                try session.enqueue(statement)
            }
        }
        if let result { try session.enqueue(MutationQueries.storeResult(result.text, under: result.key)) }
    }

    private func rehearsal(_ change: Change<some Sendable>) throws -> Rehearsal {
        Rehearsal(
            rows: change.rows.map { Rehearsal.Row(operation: $0.operation.rawValue, table: $0.table, values: $0.values) },
            events: try change.events.map { event in
                let stored = OutboxWriter(service: service).seal(event, id: operation.newId(), context: operation)
                return Rehearsal.Event(
                    type: stored.type, subject: stored.subject, sequence: stored.sequence, organizationId: stored.organizationId,
                    data: try JSONValue(parsing: stored.data))
            })
    }
}

/// Who did what through which command, as `operations` keeps it.
struct OperationRecord: Sendable {
    let invocation: Invocation
    let profile: String
    let account: String
    let reason: String?
}

struct IdempotencyKey: Sendable {
    let command: String
    let scope: String
    let key: String
    /// HMAC-SHA256 of the parameters.
    let parameters: [UInt8]
}
