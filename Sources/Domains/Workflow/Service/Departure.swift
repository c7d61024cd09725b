import FoundationEssentials
import Kernel
import Outbox
import Postgres
import WorkflowEvents

/// That a member has left an organization, as the worker hears of it. The open tasks become nobody's; who has done something, has done it.
struct Departure: Sendable {
    let organizationId: UUID
    let userId: UUID
    let cause: StoredEvent

    /// In the transaction that has taken the members out of the cache, so that nothing is given to them afterwards.
    static func unassign(_ departures: [Departure], in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        guard !departures.isEmpty else { return [] }
        let causes = Dictionary(departures.map { ([$0.organizationId, $0.userId], $0.cause) }) { $1 }
        let keys = Array(causes.keys)
        return try unassign(
            session.all(TaskQueries.lockOpen(ofUsers: keys.map { $0[1] }, in: keys.map { $0[0] })), in: session, context: context
        ) { causes[[$0.organizationId, $0.assigneeId]] }
    }

    static func unassignStrangers(in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        try unassign(session.all(TaskQueries.lockOpenOfStrangers()), in: session, context: context) { _ in nil }
    }

    /// In two statements, of which the second one sees the tasks as they were when the locks were there.
    private static func unassign(
        _ tasks: [TaskQueries.OpenTask], in session: Session, context: ConsumerContext, because: (TaskQueries.OpenTask) -> StoredEvent?
    ) throws -> [PendingEvent] {
        guard !tasks.isEmpty else { return [] }
        let told = try session.all(TaskQueries.unassign(tasks.map(\.id), at: context.now))
        let sequences = Dictionary(told.map { ($0.id, $0.sequence) }) { first, _ in first }
        return try tasks.compactMap { task in
            guard let sequence = sequences[task.id] else { return nil }
            return try PendingEvent(
                TaskAssigned(taskId: task.id, organizationId: task.organizationId, assigneeId: nil), subject: task.id, sequence: sequence,
                organization: task.organizationId, causedBy: because(task))
        }
    }
}
