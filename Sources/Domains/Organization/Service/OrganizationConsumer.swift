import FoundationEssentials
import IdentityEvents
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// Takes in what services answer to the steps of sagas, does the organization service's own steps, and hears of users who cannot act any more.
public struct OrganizationConsumer: Consumer {
    public let name = "organization"
    public let service = "organization"
    public let sources = ["organization", "billing", "workflow", "identity"]
    public let understands: [EventType]? = [
        SagaStepRequested.eventType, SagaStepCompleted.eventType, SagaStepFailed.eventType,
        UserDisabled.eventType, UserEnabled.eventType, UserErased.eventType,
    ]
    public let replay = ReplayPolicy.refused(
        because: "sagas and members are business facts of its own, which it publishes and which commands change",
        instead: "for an event that failed, saasctl dlq retry; for a lost database, a backup")

    public init() {}

    /// One event after the other: of all these there are few. Organizations are locked in their order first, as every lane here does.
    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        try noteUsers(chunk, in: session)
        let requests = try chunk.all(SagaStepRequested.self).filter { $0.data.action.service == service }
        let completed = try chunk.all(SagaStepCompleted.self)
        let failed = try chunk.all(SagaStepFailed.self)
        let organizations = Set(
            requests.map(\.data.organizationId) + completed.map(\.data.organizationId) + failed.map(\.data.organizationId))
        for id in organizations.sorted() { _ = try LockedOrganization.takeAny(id, in: session) }

        var works: [(position: Int64, event: StoredEvent, run: (OperationContext) throws -> [PendingEvent])] = []
        for (stored, request) in requests {
            works.append((stored.position, stored, { try RevocationStep(request: request).answer(in: session, context: $0) }))
        }
        for (stored, reply) in completed {
            let answer = SagaService.Answer(sagaId: reply.sagaId, stepId: reply.stepId, request: reply.request, refusal: nil)
            works.append((stored.position, stored, { try SagaService.take(answer, in: session, context: $0) }))
        }
        for (stored, reply) in failed {
            let answer = SagaService.Answer(sagaId: reply.sagaId, stepId: reply.stepId, request: reply.request, refusal: reply.code)
            works.append((stored.position, stored, { try SagaService.take(answer, in: session, context: $0) }))
        }
        for (stored, erased) in try chunk.all(UserErased.self) {
            works.append((stored.position, stored, { try Erasure(userId: erased.userId).apply(in: session, context: $0) }))
        }
        return try works.sorted { $0.position < $1.position }.flatMap { work in
            let operation = OperationContext(
                now: context.now, actor: .service(name), correlationId: work.event.correlationId, causationId: work.event.id)
            return try work.run(operation).map { $0.caused(by: work.event) }
        }
    }

    /// Of several events of a user the last one counts.
    private func noteUsers(_ chunk: EventChunk, in session: Session) throws {
        var last: [UUID: (sequence: Int64, isDisabled: Bool)] = [:]
        func note(_ user: UUID, _ event: StoredEvent, isDisabled: Bool) {
            if last[user].map({ $0.sequence < event.sequence }) ?? true { last[user] = (event.sequence, isDisabled) }
        }
        for (stored, event) in try chunk.all(UserDisabled.self) { note(event.userId, stored, isDisabled: true) }
        for (stored, event) in try chunk.all(UserEnabled.self) { note(event.userId, stored, isDisabled: false) }
        for (stored, event) in try chunk.all(UserErased.self) { note(event.userId, stored, isDisabled: true) }
        guard !last.isEmpty else { return }
        _ = try session.pipeline(
            PeopleQueries.disable(last.filter(\.value.isDisabled).keys.sorted()),
            PeopleQueries.enable(last.filter { !$0.value.isDisabled }.keys.sorted()))
    }
}

/// The organization service's own step of a deletion: nobody can accept an invitation to what is deleted, and who comes back finds those that were
/// open open again.
struct RevocationStep {
    let request: SagaStepRequested

    func answer(in session: Session, context: OperationContext) throws -> [PendingEvent] {
        guard let organization = try LockedOrganization.takeAny(request.organizationId, in: session),
            try session.first(SagaQueries.step(id: request.stepId)) != nil
        else { return [] }
        let told =
            request.isUndo
            ? try reopen(organization, in: session, context: context) : try revoke(organization, in: session, context: context)
        let sequence = try session.one(SagaQueries.advanceSequence(of: request.stepId))
        return told + [
            try PendingEvent(request.completed, subject: request.stepId, sequence: sequence, organization: request.organizationId)
        ]
    }

    private func revoke(_ organization: LockedOrganization, in session: Session, context: OperationContext) throws -> [PendingEvent] {
        // A request to undo has overtaken nothing: what is active again keeps its invitations.
        guard organization.organization.status == .deleted else { return [] }
        let open = try session.all(InvitationQueries.revokeOpen(of: organization.id, step: request.stepId, at: context.now))
        return try organization.tell(
            open.map { InvitationRevoked(organizationId: organization.id, invitationId: $0) }, in: session)
    }

    private func reopen(_ organization: LockedOrganization, in session: Session, context: OperationContext) throws -> [PendingEvent] {
        guard organization.organization.status == .active else { return [] }
        let open = try session.all(InvitationQueries.reopen(step: request.stepId, at: context.now))
        return try organization.tell(
            open.map { InvitationReopened(organizationId: organization.id, invitationId: $0) }, in: session)
    }
}
