import BillingEvents
import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// Subscribes each new organization to the default plan and grants what the plan grants; cancels the subscription of one that is deleted, and
/// removes what there is of one that is purged, but for its invoices.
///
/// All of it in one lane, because the subscription of an organization has to be made before it can be cancelled. It is never replayed, so that
/// steps are answered once.
public struct BillingConsumer: Consumer {
    public let name = "billing"
    public let service = "billing"
    public let sources = ["organization"]
    public let understands: [EventType]? = [
        OrganizationCreated.eventType, SagaStepRequested.eventType, OrganizationPurged.eventType,
    ]
    public let replay = ReplayPolicy.refused(
        because: "its subscriptions are business facts of its own, which it publishes and which commands change",
        instead: "for an event that failed, saasctl dlq retry; for a lost database, a backup")

    public init() {}

    /// An organization is created before it is deleted, and purged after that.
    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        var told = try subscribe(chunk, in: session, context: context)
        for (stored, request) in try chunk.all(SagaStepRequested.self) where request.action.service == service {
            told += try CancellationStep(request: request, cause: stored).answer(in: session, context: context)
        }
        return told + (try purge(chunk, in: session, context: context))
    }

    private func purge(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let purged = try chunk.all(OrganizationPurged.self)
        guard !purged.isEmpty else { return [] }
        let causes = Dictionary(purged.map { ($0.data.organizationId, $0.stored) }) { first, _ in first }
        let organizations = causes.keys.sorted()
        try session.run(ContractQueries.lockAccounts(of: organizations))
        let (subscriptions, sets, _, _, _) = try session.pipeline(
            BillingQueries.purgeSubscriptions(of: organizations), BillingQueries.emptyEntitlementSets(of: organizations, at: context.now),
            BillingQueries.deleteEntitlements(of: organizations), UsageQueries.deleteUsage(of: organizations),
            UsageQueries.deleteOverrides(of: organizations))
        return try subscriptions.rows.map { subscription in
            try PendingEvent(
                SubscriptionPurged(subscriptionId: subscription.id, organizationId: subscription.organizationId),
                subject: subscription.id, sequence: subscription.sequence, organization: subscription.organizationId,
                causedBy: causes[subscription.organizationId])
        }
            + sets.rows.map { set in
                try PendingEvent(
                    EntitlementsUpdated(organizationId: set.organizationId, version: set.version, entitlements: []),
                    subject: set.organizationId, sequence: set.sequence, organization: set.organizationId,
                    causedBy: causes[set.organizationId])
            }
    }

    private func subscribe(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let created = try chunk.all(OrganizationCreated.self)
        guard !created.isEmpty else { return [] }
        guard let plan = try session.first(PlanQueries.defaultPlan()) else { throw ConsumerNotReady(BillingError.noDefaultPlan.failure) }
        // The period starts when the organization came to be, not when a worker found the time.
        let offer = Offer(plan)
        let wanted = try created.map { created in
            (
                cause: created.stored,
                contract: try Contract(
                    id: Self.subscriptionId(for: created.stored), organizationId: created.data.organizationId, offer: offer,
                    startingAt: created.stored.time)
            )
        }.sorted { $0.contract.organizationId < $1.contract.organizationId }
        let inserted = Set(try session.all(BillingQueries.insertSubscriptions(wanted.map(\.contract), at: context.now)))
        let activated = wanted.filter { inserted.contains($0.contract.id) }
        let results = activated.map { cause, contract in
            ContractResult(
                contract: contract, formerGrants: nil, formerWakesAt: nil, sequence: 0, isNew: true,
                context: OperationContext(
                    now: context.now, actor: .service(name), correlationId: cause.correlationId, causationId: cause.id))
        }
        return try zip(activated, ContractLedger.store(results, in: session)).flatMap { activated, entry in
            entry.events.map { $0.caused(by: activated.cause) }
        }
    }

    /// The same whenever the event is applied: after a restore of this database from an older backup the subscription that it makes again is
    /// the one that others have been told of, and not a second one.
    private static func subscriptionId(for event: StoredEvent) -> UUID {
        event.derivedId("saas.subscription")
    }
}
