import CommandKit
import Kernel
import Organization

extension CommandContext {
    /// The organization that a command works on, as its service has it: the command's own argument, or `--org`.
    ///
    /// - Throws: what ``organizationReference(_:)`` throws; ``OrganizationError/organizationNotFound(_:)``.
    func currentOrganization(_ argument: String?) async throws -> Organization {
        let reference = try organizationReference(argument)
        return try await read("organization") { try OrganizationService.organization(reference, in: $0) }
    }
}
