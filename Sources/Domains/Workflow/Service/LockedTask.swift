import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// A task whose row is locked until the transaction ends, so that what was read here stays true, and its events get their sequence in the
/// order of their changes.
struct LockedTask: Sendable {
    let task: WorkflowTask
    /// How many events of it there were before this transaction.
    let eventSequence: Int64

    /// Writes the task as it is to be, which these events tell of.
    func save(
        _ changed: WorkflowTask, _ events: [any DomainEvent], in session: Session, context: OperationContext
    ) throws -> Change<WorkflowTask> {
        let saved = try session.one(TaskQueries.save(changed, events: Int64(events.count), at: context.now))
        return Change(
            saved, rows: [try ChangedRow(.update, "tasks", saved)], events: try saved.events(events, behind: eventSequence))
    }
}

extension WorkflowTask {
    /// Numbers events of this task, in the order given.
    func events(_ events: [any DomainEvent], behind sequence: Int64 = 0) throws -> [PendingEvent] {
        try PendingEvent.numbered(events, behind: sequence, subject: id, organization: organizationId)
    }
}
