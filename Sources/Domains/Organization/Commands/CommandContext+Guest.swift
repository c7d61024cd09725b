import CommandKit
import FoundationEssentials
import Kernel
import Organization

extension CommandContext {
    /// A user who answers an invitation, with the address that the identity service has.
    ///
    /// - Throws: the owner's error where there is no such user.
    func guest(_ reference: String) async throws -> InvitationService.Guest {
        let (userId, email) = try await services.directory.user(reference)
        return InvitationService.Guest(userId: userId, email: email)
    }
}
