public import Kernel

/// What the billing service refuses, and why.
public enum BillingError: DomainError, Equatable {
    case noDefaultPlan
    case planExists(String)
    /// What is wrong with it.
    case planInvalid(String)
    case planNotFound(String)
    case planVersionNotFound(String, Int)
    case planRetired(String)
    case planIsDefault(String)
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
        case .planInvalid(let what): Failure(ErrorCode("PLAN_INVALID", .usage), what)
        case .planNotFound(let slug):
            Failure(ErrorCode("PLAN_NOT_FOUND", .notFound), "plan \"\(slug)\" does not exist", hint: "saasctl billing plan list")
        case .planVersionNotFound(let slug, let version):
            Failure(
                ErrorCode("PLAN_NOT_FOUND", .notFound), "plan \"\(slug)\" has no version \(version)",
                hint: "saasctl billing plan get \(slug)")
        case .planRetired(let slug):
            Failure(
                ErrorCode("PLAN_RETIRED", .conflict), "plan \"\(slug)\" is retired and takes no subscriptions",
                hint: "saasctl billing plan list")
        case .planIsDefault(let slug):
            Failure(
                ErrorCode("PLAN_IS_DEFAULT", .conflict), "plan \"\(slug)\" is what new organizations get, and cannot be retired")
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
