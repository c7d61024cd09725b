import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// What has come of a contract, and what of it is stored.
struct ContractResult: Sendable {
    let contract: Contract
    /// What its plan granted before; `nil` where it was not active.
    let formerGrants: [EntitlementGrant]?
    /// When something was to happen by itself before.
    let formerWakesAt: Timestamp?
    /// How many events of it there were before.
    let sequence: Int64
    /// Its row is there already, as it is.
    let isNew: Bool
    let context: OperationContext

    /// `nil` where it is not active.
    fileprivate var grants: [EntitlementGrant]? { contract.status == .active ? contract.offer.version.entitlements : nil }

    fileprivate var changesGrants: Bool { isNew || grants.map { Set($0) } != formerGrants.map { Set($0) } }
}

/// Stores what has come of contracts, set by set: as many statements for thousands of them as for one.
enum ContractLedger {
    struct Entry: Sendable {
        let invoices: [Invoice]
        /// What there is to tell, in its order.
        var events: [PendingEvent]
    }

    /// - Parameter results: at one instant, of different organizations, whose accounts are locked.
    /// - Returns: what was made of each, in the same order.
    static func store(_ results: [ContractResult], in session: Session) throws -> [Entry] {
        guard let now = results.first?.context.now else { return [] }
        let known = results.filter { !$0.isNew }.map(\.contract)
        if !known.isEmpty { try session.run(ContractQueries.update(known, at: now)) }
        let invoices = try invoices(of: results, in: session)
        let granted = try grant(
            results.filter(\.changesGrants).map { ($0.contract.organizationId, $0.grants) }, in: session, at: now)
        try DueStore.schedule(
            SubscriptionService.renewalKind,
            results.compactMap { result in
                guard let wakesAt = result.contract.wakesAt, wakesAt != result.formerWakesAt else { return nil }
                return DueStore.Appointment(
                    id: result.context.newId(), subject: result.contract.id, due: wakesAt, correlation: result.context.correlationId)
            }, in: session)
        return try results.map { result in
            let contract = result.contract
            let issued = invoices[contract.id, default: []]
            let lived = try PendingEvent.numbered(
                contract.events, behind: result.sequence, subject: contract.id, organization: contract.organizationId)
            let told = try lived + issued.map { try $0.finalized } + [granted[contract.organizationId]].compactMap { $0 }
            return Entry(invoices: issued, events: told)
        }
    }

    private static func invoices(of results: [ContractResult], in session: Session) throws -> [UUID: [Invoice]] {
        let drafts = results.flatMap { result in
            result.contract.bills.map {
                InvoiceLedger.Draft(
                    $0, organizationId: result.contract.organizationId, subscriptionId: result.contract.id, id: result.context.newId(),
                    issuedAt: result.context.now)
            }
        }
        return Dictionary(grouping: try InvoiceLedger.issue(drafts, in: session), by: \.subscriptionId)
    }

    /// Replaces the whole sets of what organizations may use: what their plans grant, and what was agreed beside or instead of that.
    ///
    /// - Parameter planned: `nil` for an organization without a plan, which may use nothing.
    /// - Returns: what there is to tell, by organization.
    static func grant(
        _ planned: [(organizationId: UUID, grants: [EntitlementGrant]?)], in session: Session, at now: Timestamp
    ) throws -> [UUID: PendingEvent] {
        guard !planned.isEmpty else { return [:] }
        let organizations = planned.map(\.organizationId)
        let overrides = Dictionary(
            grouping: try session.all(UsageQueries.overrides(of: organizations)), by: \.organizationId
        ).mapValues { $0.map(\.grant) }
        let sets = planned.map { plan in
            (organizationId: plan.organizationId, grants: plan.grants?.overridden(by: overrides[plan.organizationId, default: []]) ?? [])
        }
        let (versions, _, _) = try session.pipeline(
            BillingQueries.replaceEntitlementSets(organizations: organizations, at: now),
            BillingQueries.deleteEntitlements(of: organizations), BillingQueries.insertEntitlements(sets))
        let versionOf = Dictionary(versions.rows.map { ($0.organizationId, $0) }) { first, _ in first }
        var told: [UUID: PendingEvent] = [:]
        for set in sets {
            guard let version = versionOf[set.organizationId] else { continue }
            told[set.organizationId] = try PendingEvent(
                EntitlementsUpdated(organizationId: set.organizationId, version: version.version, entitlements: set.grants),
                subject: set.organizationId, sequence: version.sequence, organization: set.organizationId)
        }
        return told
    }
}
