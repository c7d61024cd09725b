import FoundationEssentials
import Kernel
import Organization
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
