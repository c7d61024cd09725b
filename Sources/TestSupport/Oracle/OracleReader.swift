import Postgres

/// A consumer as the oracle knows it: what it reads, and what its effects have to be.
public struct OracleReader: Sendable {
    public let name: String
    /// The service whose database has its effects and checkpoints.
    public let service: String
    public var sources: [String]
    /// Names of types, without versions; `nil` for all events.
    public let types: [String]?
    let effects: Effects

    enum Effects: Sendable {
        case log, analytics, billing, workflow, notifications, sagas, freezes
        /// A row for each event that was applied: `nth` (rising), `source`, `position`.
        case ledger(table: String)
        case unknown
    }

    /// The consumers of the seven services.
    public static let all = [analytics, audit, billing, notification, organization, workflow, workflowSaga]

    public static let analytics = OracleReader(
        name: "analytics", service: "analytics", sources: ["identity", "organization", "billing", "workflow"],
        types: [
            "saas.user.registered", "saas.organization.created", "saas.organization.purged", "saas.member.added", "saas.plan.created",
            "saas.subscription.activated", "saas.subscription.changed", "saas.subscription.renewed", "saas.subscription.cancelled",
            "saas.subscription.reactivated", "saas.subscription.purged", "saas.usage.recorded", "saas.usage.limit_reached",
            "saas.task.created", "saas.task.status_changed",
        ], effects: .analytics)
    public static let audit = OracleReader(
        name: "audit", service: "audit",
        sources: ["analytics", "audit", "billing", "identity", "notification", "organization", "workflow"], types: nil, effects: .log)
    public static let billing = OracleReader(
        name: "billing", service: "billing", sources: ["organization"],
        types: ["saas.organization.created", "saas.organization.purged", "saas.saga_step.requested"], effects: .billing)
    public static let notification = OracleReader(
        name: "notification", service: "notification", sources: ["identity", "organization", "workflow"],
        types: [
            "saas.user.registered", "saas.password_reset.requested", "saas.password.changed", "saas.mfa.enabled", "saas.mfa.disabled",
            "saas.refresh_token.reuse_detected", "saas.user.erased", "saas.invitation.sent", "saas.member.added", "saas.role.changed",
            "saas.member.removed", "saas.organization.purged", "saas.task.assigned",
        ], effects: .notifications)
    public static let organization = OracleReader(
        name: "organization", service: "organization", sources: ["organization", "billing", "workflow", "identity"],
        types: [
            "saas.saga_step.requested", "saas.saga_step.completed", "saas.saga_step.failed", "saas.user.disabled", "saas.user.enabled",
            "saas.user.erased",
        ], effects: .sagas)
    public static let workflow = OracleReader(
        name: "workflow", service: "workflow", sources: ["organization", "billing"],
        types: ["saas.member.added", "saas.member.removed", "saas.role.changed", "saas.entitlements.updated", "saas.organization.purged"],
        effects: .workflow)
    public static let workflowSaga = OracleReader(
        name: "workflow-saga", service: "workflow", sources: ["organization"], types: ["saas.saga_step.requested"], effects: .freezes)

    /// A test's own consumer.
    ///
    /// - Parameter ledger: a table of the service with a row for each event that was applied, in `nth` (rising), `source`, `position`; `nil`
    ///   where its effects cannot be judged, but its lanes can.
    public static func other(_ name: String, of service: String, reading sources: [String], types: [String]?, ledger: String?)
        -> OracleReader
    {
        OracleReader(
            name: name, service: service, sources: sources, types: types, effects: ledger.map { .ledger(table: $0) } ?? .unknown)
    }

    private init(name: String, service: String, sources: [String], types: [String]?, effects: Effects) {
        self.name = name
        self.service = service
        self.sources = sources
        self.types = types
        self.effects = effects
    }

    /// A condition on `type`.
    func concerns() -> SQL {
        guard let types else { return "true" }
        return "regexp_replace(type, '[.]v[0-9]+$', '') = any (\(types))"
    }
}
