import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox
import Postgres

extension CommandContext {
    /// Changes the membership of one user in the organization of `--org`.
    ///
    /// - Parameter parameters: what the change depends on besides the two.
    func changeMember(
        _ user: String, _ options: MutationOptions, parameters: [String: String] = [:],
        _ body: @Sendable (MembershipService.Subject, Session, OperationContext) throws -> Change<Membership>
    ) async throws {
        let (organizationId, label) = try await organization()
        let subject = MembershipService.Subject(
            organizationId: organizationId, organization: label, userId: try await services.directory.userId(user), user: user)
        let request = try Mutation(
            of: "organization", organization: organizationId, permission: .members,
            parameters: parameters.merging(["user": subject.userId.uuidString]) { given, _ in given })
        try await perform(request, options) { session, operation in try body(subject, session, operation) }
    }
}
