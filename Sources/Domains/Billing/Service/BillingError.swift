public import Kernel

/// What the billing service refuses, and why.
public enum BillingError: DomainError, Equatable {
    case noDefaultPlan
    case planExists(String)
    case noSubscription(String)
    case noEntitlements(String)

    public var failure: Failure {
        switch self {
        case .noDefaultPlan:
            Failure(
                ErrorCode("NO_DEFAULT_PLAN", .configuration), "there is no default plan to subscribe a new organization to",
                hint: "saasctl db seed")
        case .planExists(let slug):
            Failure(ErrorCode("PLAN_EXISTS", .conflict), "plan \"\(slug)\" exists already, or another plan is the default one")
        case .noSubscription(let organization):
            Failure(
                ErrorCode("SUBSCRIPTION_NOT_FOUND", .notFound), "organization \"\(organization)\" has no subscription yet",
                hint: "saasctl worker run --once")
        case .noEntitlements(let organization):
            Failure(
                ErrorCode("ENTITLEMENTS_NOT_FOUND", .notFound), "billing has not heard of organization \"\(organization)\" yet",
                hint: "saasctl worker run --once")
        }
    }
}
