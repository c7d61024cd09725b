import CommandKit
import FoundationEssentials
import Identity
import Kernel
import Organization
import Postgres
import Workflow

/// Asks the services that own them for ids and names: the composition of services happens here and nowhere below.
struct AppDirectory: Directory {
    let services: AppServices

    func userId(_ reference: String) async throws -> UUID {
        if let id = UUID(uuidString: reference) { return id }
        return try await knownUserId(reference)
    }

    func knownUserId(_ reference: String) async throws -> UUID {
        try await services.connection(to: "identity").session { try IdentityService.user(reference, in: $0).id }
    }

    func user(_ reference: String) async throws -> (id: UUID, email: EmailAddress) {
        let user = try await services.connection(to: "identity").session { try IdentityService.user(reference, in: $0) }
        return (user.id, try user.emailAddress(label: reference))
    }

    func actor(_ reference: String) async throws -> UUID {
        let user = try await services.connection(to: "identity").session { try IdentityService.user(reference, in: $0) }
        try user.requireActive(label: reference)
        return user.id
    }

    func userId(with email: EmailAddress) async throws -> UUID? {
        try await services.connection(to: "identity").session { try IdentityService.user(with: email, in: $0)?.id }
    }

    func emailAddresses(of users: [UUID]) async throws -> [UUID: String] {
        guard !users.isEmpty else { return [:] }
        return try await services.connection(to: "identity").session { try IdentityService.emailAddresses(of: users, in: $0) }
    }

    func organizationId(_ reference: String) async throws -> UUID {
        if let id = UUID(uuidString: reference) { return id }
        return try await services.connection(to: "organization").session { try OrganizationService.organization(reference, in: $0).id }
    }

    func slugs(ofOrganizations organizations: [UUID]) async throws -> [UUID: String] {
        guard !organizations.isEmpty else { return [:] }
        return try await services.connection(to: "organization").session { try OrganizationService.slugs(of: organizations, in: $0) }
    }

    func project(
        _ reference: String, of organization: (id: UUID, label: String)?
    ) async throws -> (id: UUID, organizationId: UUID) {
        let wanted = try ProjectReference(reference)
        let tenant = organization.map { Tenant(id: $0.id, label: $0.label) }
        let project = try await services.connection(to: "workflow").session {
            try WorkflowService.project(wanted, label: reference, of: tenant, in: $0)
        }
        return (project.id, project.organizationId)
    }

    func keys(ofProjects projects: [UUID]) async throws -> [UUID: String] {
        guard !projects.isEmpty else { return [:] }
        return try await services.connection(to: "workflow").session { try WorkflowService.projectKeys(of: projects, in: $0) }
    }

    func keys(ofTasks tasks: [UUID]) async throws -> [UUID: String] {
        guard !tasks.isEmpty else { return [:] }
        return try await services.connection(to: "workflow").session { try TaskService.keys(of: tasks, in: $0) }
    }
}
