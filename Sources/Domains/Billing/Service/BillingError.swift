public import BillingEvents
public import FoundationEssentials
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
    case noActiveSubscription(String)
    case subscriptionExists(String, plan: String)
    case currencyMismatch(String, String)
    case organizationDeleted(String)
    case invoiceNotFound(String)
    case notCreditable(UUID, rest: Money)
    case outlookTooLong
    /// What is wrong with it.
    case usageInvalid(String)
    case usageKeyTaken(String)
    case notMetered(String, organization: String)
    case limitReached(String, limit: Int64, used: Int64)
    case notEntitled(String, why: EntitlementVerdict.Reason)
    case noEntitlements(String)
    case entitlementKind(String, granted: EntitlementKind, wanted: EntitlementKind)
    case creditNotPositive(Money)

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
        case .noActiveSubscription(let organization):
            Failure(
                ErrorCode("SUBSCRIPTION_CANCELLED", .conflict), "the subscription of organization \"\(organization)\" is over",
                hint: "saasctl billing sub create PLAN --org \(organization)")
        case .subscriptionExists(let organization, let plan):
            Failure(
                ErrorCode("SUBSCRIPTION_EXISTS", .conflict), "organization \"\(organization)\" is subscribed to plan \"\(plan)\" already",
                hint: "saasctl billing sub change PLAN --org \(organization)")
        case .currencyMismatch(let current, let wanted):
            Failure(
                ErrorCode("CURRENCY_MISMATCH", .conflict),
                "the subscription is in \(current), and the plan costs \(wanted): there is no conversion of currencies",
                hint: "end the subscription and begin another one")
        case .organizationDeleted(let organization):
            Failure(
                ErrorCode("ORG_DELETED", .conflict), "organization \"\(organization)\" is deleted",
                hint: "saasctl org get \(organization)")
        case .invoiceNotFound(let reference):
            Failure(
                ErrorCode("INVOICE_NOT_FOUND", .notFound), "invoice \"\(reference)\" does not exist", hint: "saasctl billing invoice list")
        case .notCreditable(let id, let rest):
            Failure(
                ErrorCode("NOT_CREDITABLE", .conflict), "of \"\(id.text)\" that cannot be given back: what is left is \(rest)",
                hint: "saasctl billing invoice get \(id.text)")
        case .creditNotPositive(let amount):
            Failure(ErrorCode("AMOUNT_INVALID", .usage), "a credit note gives back more than nothing, and not \(amount)")
        case .outlookTooLong: Failure(.invalidValue, "invoices can be foreseen for ten years at most")
        case .usageInvalid(let what): Failure(ErrorCode("USAGE_INVALID", .usage), what)
        case .usageKeyTaken(let key):
            Failure(
                ErrorCode("USAGE_KEY_TAKEN", .conflict), "under key \"\(key)\" another usage is recorded already",
                hint: "what is another usage takes another key")
        case .notMetered(let key, let organization):
            Failure(
                ErrorCode("NOT_METERED", .conflict), "\"\(key)\" is nothing that organization \"\(organization)\" has metered",
                hint: "saasctl billing entitlement list \(organization)")
        case .limitReached(let key, let limit, let used):
            Failure(
                ErrorCode("USAGE_LIMIT", .conflict), "of \"\(key)\" \(used) are used in that period, and the limit is \(limit)",
                hint: "saasctl billing entitlement explain \(key)")
        case .notEntitled(let key, let reason):
            Failure(
                ErrorCode("NOT_ENTITLED", .conflict), "\"\(key)\" may not be used: \(reason.rawValue.replacing("_", with: " "))",
                hint: "saasctl billing entitlement explain \(key)")
        case .noEntitlements(let organization):
            Failure(
                ErrorCode("ENTITLEMENTS_NOT_FOUND", .notFound), "billing has not heard of organization \"\(organization)\" yet",
                hint: "saasctl worker run --once")
        case .entitlementKind(let key, let granted, let wanted):
            Failure(
                ErrorCode("ENTITLEMENT_KIND", .conflict), "\"\(key)\" is granted as \(granted.inWords), and not as \(wanted.inWords)",
                hint: "saasctl billing entitlement explain \(key)")
        }
    }
}

extension EntitlementKind {
    fileprivate var inWords: String {
        switch self {
        case .boolean: "a feature (--feature)"
        case .static: "a number at a time (--limit)"
        case .metered: "usage in a period (--metered)"
        }
    }
}
