import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox

struct MemberAdd: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a user a member of an organization.",
        discussion: """
            Nobody is asked; to let somebody decide, send an invitation. Who is a member in this role already stays it.

            Example: saasctl org member add bob@example.org --role admin --org acme
            """)

    static let actsForUsers = true

    @Argument(help: "The user: e-mail address, or a user's id, which is taken as given.")
    var user: String

    @Option(help: "What the user may do there.")
    var role = MemberRole.member

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let role = role
        try await context.changeMember(user, mutation, parameters: ["role": role.rawValue]) { subject, session, operation in
            try MembershipService.add(subject, role: role, in: session, context: operation)
        }
    }
}
