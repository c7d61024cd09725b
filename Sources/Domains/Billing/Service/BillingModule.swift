import BillingEvents
public import Outbox

/// What the registry lists of the billing service.
public enum BillingModule {
    public static let module = ServiceModule(
        name: "billing",
        publishes: [PlanCreated.self, PlanVersionPublished.self, SubscriptionActivated.self, EntitlementsUpdated.self],
        consumers: [BillingConsumer()])
}
