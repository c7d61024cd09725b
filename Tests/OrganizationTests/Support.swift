import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["organization"].connect(as: role)
}

/// Open all at once, so that what begins on them begins together.
func connections(_ count: Int) async throws -> [Connection] {
    var connections: [Connection] = []
    for _ in 0..<count { connections.append(try await connect()) }
    return connections
}

extension Connection {
    @discardableResult
    func create(
        _ slug: String, name: String = "Acme GmbH", owner: UUID = .numbered(1), _ context: OperationContext = .ofTest()
    ) async throws -> Change<Organization> {
        let slug = try Slug(slug)
        let name = try OrganizationName(name)
        return try await change("organization", context) { session, context in
            try OrganizationService.create(slug: slug, name: name, owner: owner, in: session, context: context)
        }
    }

    func organization(_ reference: String) async throws -> Organization {
        try await session { try OrganizationService.organization(reference, in: $0) }
    }

    /// The slugs that match, sorted.
    func slugs(matching glob: String?) async throws -> [String] {
        try await session { try OrganizationService.list(matching: glob, limit: 100, in: $0) }.items.map(\.slug).sorted()
    }
}

extension OperationContext {
    /// The same command with `--as`.
    static func ofTest(as user: UUID) -> OperationContext {
        let context = ofTest()
        return OperationContext(now: context.now, actor: .user(user), correlationId: context.correlationId)
    }
}

extension MembershipService.Subject {
    static func user(_ number: UInt64, of organization: Organization) -> MembershipService.Subject {
        MembershipService.Subject(
            organizationId: organization.id, organization: organization.slug, userId: .numbered(number), user: "user\(number)@example.org")
    }
}

extension Connection {
    @discardableResult
    func add(
        _ user: UInt64, _ role: MemberRole, to organization: Organization, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Membership> {
        try await change("organization", context) { session, context in
            try MembershipService.add(.user(user, of: organization), role: role, in: session, context: context)
        }
    }

    @discardableResult
    func remove(
        _ user: UInt64, from organization: Organization, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Membership> {
        try await change("organization", context) { session, context in
            try MembershipService.remove(.user(user, of: organization), in: session, context: context)
        }
    }

    @discardableResult
    func changeRole(
        of user: UInt64, in organization: Organization, to role: MemberRole, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Membership> {
        try await change("organization", context) { session, context in
            try MembershipService.changeRole(.user(user, of: organization), to: role, in: session, context: context)
        }
    }

    @discardableResult
    func rename(
        _ organization: Organization, to name: String? = nil, slug: String? = nil, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Organization> {
        let name = try name.map { try OrganizationName($0) }
        let slug = try slug.map { try Slug($0) }
        return try await change("organization", context) { session, context in
            try OrganizationService.rename(organization.id, label: organization.slug, to: name, slug: slug, in: session, context: context)
        }
    }

    /// `user role` of each live membership.
    func members(of organization: Organization) async throws -> [String] {
        try await fetch(
            """
            select concat_ws(' ', right(user_id::text, 1), role) from memberships
            where organization_id = \(organization.id) and ended_at is null order by user_id
            """)
    }
}
