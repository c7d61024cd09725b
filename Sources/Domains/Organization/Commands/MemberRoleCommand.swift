import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox

struct MemberRoleCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Give a member another role.",
        discussion: """
            The last owner cannot be given another role.

            Example: saasctl org member role bob@example.org admin --org acme
            """)

    static let actsForUsers = true

    @Argument(help: "The member: e-mail address or id.")
    var user: String

    @Argument(help: "The new role.")
    var role: MemberRole

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let role = role
        try await context.changeMember(user, mutation, parameters: ["role": role.rawValue]) { subject, session, operation in
            try MembershipService.changeRole(subject, to: role, in: session, context: operation)
        }
    }
}
