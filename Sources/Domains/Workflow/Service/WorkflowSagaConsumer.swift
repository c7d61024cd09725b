import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// Does workflow's steps of sagas: what a deleted organization has can be read, and not changed.
///
/// Apart from ``WorkflowConsumer``, whose caches can be replayed: a step is done once, and answered once.
public struct WorkflowSagaConsumer: Consumer {
    public let name = "workflow-saga"
    public let service = "workflow"
    public let sources = ["organization"]
    public let understands: [EventType]? = [SagaStepRequested.eventType]
    public let replay = ReplayPolicy.refused(
        because: "the steps that it does are answered, and done once",
        instead: "for an event that failed, saasctl dlq retry; for a step that failed, saasctl saga retry")

    public init() {}

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let requests = try chunk.all(SagaStepRequested.self).filter { $0.data.action.service == service }
        guard !requests.isEmpty else { return [] }
        try session.run(FreezeQueries.lockEntitlements(of: Array(Set(requests.map(\.data.organizationId)))))
        return try requests.map { stored, request in
            if request.isUndo {
                _ = try session.pipeline(
                    FreezeQueries.thaw(request.organizationId), FreezeQueries.lockProjects(of: request.organizationId),
                    FreezeQueries.setFrozen(false, projectsOf: request.organizationId))
            } else {
                _ = try session.pipeline(
                    FreezeQueries.freeze(request.organizationId), FreezeQueries.lockProjects(of: request.organizationId),
                    FreezeQueries.setFrozen(true, projectsOf: request.organizationId))
            }
            return try PendingEvent(
                request.completed, subject: request.stepId, sequence: EventCounters.next(of: request.stepId, in: session),
                organization: request.organizationId, causedBy: stored)
        }
    }
}
