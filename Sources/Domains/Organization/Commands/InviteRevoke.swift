import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct InviteRevoke: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take an invitation back, so that nobody can accept it.",
        discussion: """
            One that nobody can accept any more is left as it is; one that was accepted is refused, because its user is a member.

            Example: saasctl org invite revoke bob@example.org --org acme
            """)

    static let actsForUsers = true

    @Argument(help: "The address that is invited, or the invitation's id.")
    var invitation: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let reference = invitation.trimmed
        let (organizationId, label) = try await context.organization()
        let request = try Mutation(
            of: "organization", organization: organizationId, permission: .members, parameters: ["invitation": reference.lowercased()])
        try await context.perform(request, mutation) { session, operation in
            try InvitationService.revoke(reference, of: organizationId, label: label, in: session, context: operation)
        }
    }
}
