import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Workflow

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["workflow"].connect(as: role)
}

/// Open all at once, so that what begins on them begins together.
func connections(_ count: Int) async throws -> [Connection] {
    var connections: [Connection] = []
    for _ in 0..<count { connections.append(try await connect()) }
    return connections
}

extension Connection {
    @discardableResult
    func hear(_ events: StoredEvent..., from source: String) async throws -> [PendingEvent] {
        try await apply(events, from: source, to: WorkflowConsumer())
    }

    @discardableResult
    func createProject(
        _ key: String, name: String = "Website", in organization: UUID = .numbered(1), _ context: OperationContext = .ofTest()
    ) async throws -> Change<Project> {
        let key = try ProjectKey(key)
        return try await change("workflow", context) { session, context in
            try WorkflowService.createProject(
                key: key, name: name, organizationId: organization, label: "acme", in: session, context: context)
        }
    }

    func projects(of organization: UUID = .numbered(1), limit: Int = 100) async throws -> [String] {
        try await session { try WorkflowService.projects(of: organization, limit: limit, in: $0) }.items.map(\.key).sorted()
    }

    /// `key kind quantity` of each cached entitlement.
    func cachedEntitlements(of organization: UUID = .numbered(1)) async throws -> [String] {
        try await fetch(
            """
            select concat_ws(' ', key, kind, coalesce(quantity::text, 'unlimited')) from entitlement_cache
            where organization_id = \(organization) order by key
            """)
    }

    /// `user role sequence` of each cached membership.
    func cachedMembers() async throws -> [String] {
        try await fetch(
            "select concat_ws(' ', right(user_id::text, 1), coalesce(role, 'none'), sequence) from membership_cache order by organization_id, user_id"
        )
    }
}

extension StoredEvent {
    static func entitlements(
        version: Int64, projects: Int64?, of organization: UUID = .numbered(1), more: [EntitlementGrant] = []
    ) throws -> StoredEvent {
        try handMade(
            EntitlementsUpdated(
                organizationId: organization, version: version,
                entitlements: more + [EntitlementGrant(key: "projects", kind: .static, quantity: projects)]),
            from: "billing", position: version, subject: organization, sequence: version, organization: organization)
    }

    static func roleChanged(_ user: UInt64, _ role: MemberRole, sequence: Int64) throws -> StoredEvent {
        try handMade(
            RoleChanged(organizationId: .numbered(1), userId: .numbered(user), role: role, formerRole: .owner), from: "organization",
            position: sequence, subject: .numbered(1), sequence: sequence, organization: .numbered(1))
    }

    static func memberRemoved(_ user: UInt64, sequence: Int64) throws -> StoredEvent {
        try handMade(
            MemberRemoved(organizationId: .numbered(1), userId: .numbered(user)), from: "organization", position: sequence,
            subject: .numbered(1), sequence: sequence, organization: .numbered(1))
    }

    static func member(_ user: UInt64, _ role: MemberRole, sequence: Int64, of organization: UUID = .numbered(1)) throws -> StoredEvent {
        try handMade(
            MemberAdded(organizationId: organization, userId: .numbered(user), role: role), from: "organization", position: sequence,
            subject: organization, sequence: sequence, organization: organization)
    }
}
