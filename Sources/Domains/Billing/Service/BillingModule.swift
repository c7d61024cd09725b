import BillingEvents
import OrganizationEvents
public import Outbox

/// What the registry lists of the billing service.
public enum BillingModule {
    public static let module = ServiceModule(
        name: "billing",
        publishes: [
            PlanCreated.self, PlanVersionPublished.self, PlanRetired.self, SubscriptionActivated.self, SubscriptionChanged.self,
            SubscriptionRenewed.self, SubscriptionScheduled.self, SubscriptionCancelled.self,
            SubscriptionReactivated.self, SubscriptionPurged.self, EntitlementsUpdated.self, InvoiceFinalized.self, UsageRecorded.self,
            UsageLimitReached.self, SagaStepCompleted.self,
            SagaStepFailed.self,
        ],
        consumers: [BillingConsumer()], timers: [SubscriptionService.renewal])
}
