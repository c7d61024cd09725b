import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct MemberRemove: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "End a user's membership of an organization.",
        discussion: """
            The last owner cannot be removed. Who acts for a user (--as) may always remove that user.

            Example: saasctl org member remove bob@example.org --org acme
            """)

    static let actsForUsers = true

    @Argument(help: "The user: e-mail address or id.")
    var user: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try await context.changeMember(user, mutation) { subject, session, operation in
            try MembershipService.remove(subject, in: session, context: operation)
        }
    }
}
