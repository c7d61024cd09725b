import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres

/// Billing's step of a deletion: the subscription is cancelled, and the one that it has cancelled becomes active again where that is undone. What
/// the organization may use stays noted meanwhile; nobody can use it.
struct CancellationStep {
    let request: SagaStepRequested
    let cause: StoredEvent

    func answer(in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        var told: [PendingEvent] = []
        var refusal: String?
        let account = request.isUndo ? ContractQueries.openAccount : ContractQueries.closeAccount
        try session.run(account(request.organizationId, request.stepId))
        if !request.isUndo {
            told = try session.all(BillingQueries.cancel(organizationId: request.organizationId, step: request.stepId, at: context.now))
                .map { try event(SubscriptionCancelled(subscriptionId: $0.id, organizationId: request.organizationId), of: $0) }
        } else if try session.one(BillingQueries.hasActive(organizationId: request.organizationId)) {
            // Not one of ours: where the step was never done, or is undone already, nothing is left to do.
            let isOurs = try session.one(BillingQueries.hasCancelled(organizationId: request.organizationId, step: request.stepId))
            refusal = isOurs ? "SUBSCRIPTION_EXISTS" : nil
        } else {
            told = try session.all(BillingQueries.reactivate(organizationId: request.organizationId, step: request.stepId, at: context.now))
                .map { try event(SubscriptionReactivated(subscriptionId: $0.id, organizationId: request.organizationId), of: $0) }
            try wake(in: session, context: context)
        }
        let sequence = try EventCounters.next(of: request.stepId, in: session)
        let reply: any DomainEvent = refusal.map { request.failed($0) } ?? request.completed
        return told + [
            try PendingEvent(
                reply, subject: request.stepId, sequence: sequence, organization: request.organizationId, causedBy: cause)
        ]
    }

    /// What was due meanwhile has found nothing to do, and is done by the entry that this makes.
    private func wake(in session: Session, context: ConsumerContext) throws {
        guard let stored = try session.first(ContractQueries.newest(of: request.organizationId, isLocking: true)),
            let wakesAt = try HeldContract(stored, in: session, at: stored.period.start).contract?.wakesAt
        else { return }
        try DueStore.schedule(
            SubscriptionService.renewalKind, stored.id, at: wakesAt, in: session, correlation: cause.correlationId, id: context.newId())
    }

    private func event(_ event: some DomainEvent, of subscription: BillingQueries.NumberedSubscription) throws -> PendingEvent {
        try PendingEvent(
            event, subject: subscription.id, sequence: subscription.sequence, organization: request.organizationId, causedBy: cause)
    }
}
