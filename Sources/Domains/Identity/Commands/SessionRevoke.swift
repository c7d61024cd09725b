import ArgumentParser
import CommandKit
import FoundationEssentials
import Identity
import Kernel

struct SessionRevoke: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a session, or all of a user.",
        discussion: """
            Access tokens of theirs are refused at once. What is not live stays as it is.

            Examples:

              saasctl identity session revoke 01a2c7be-6d1d-7000-8000-000000000000
              saasctl identity session revoke --user ada@example.org --reason 'token found in a log'
            """)

    @Argument(
        help: "The session's id.",
        transform: SessionID.parse)
    var session: UUID?

    @Option(help: ArgumentHelp("End every live session of this user: e-mail address or id.", valueName: "user"))
    var user: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard (session == nil) != (user == nil) else { throw ValidationError("name one session, or a user with --user") }
    }

    func run(_ context: CommandContext) async throws {
        if let user {
            try await context.changeUser(user, mutation) { try SessionService.revokeAll(of: $0, label: $1, in: $2, context: $3) }
        } else if let id = session {
            try await context.perform(Mutation(of: "identity", parameters: ["session": id.uuidString]), mutation) { session, operation in
                try SessionService.revoke(id, in: session, context: operation)
            }
        }
    }
}
