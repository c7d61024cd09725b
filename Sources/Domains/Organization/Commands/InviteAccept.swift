import ArgumentParser
import CommandKit
import Cryptography
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct InviteAccept: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Accept an invitation: the user becomes a member.",
        discussion: """
            The user's address has to be the one that is invited. Who is a member already stays it in the same role. Accepting twice changes nothing.

            Examples:

              saasctl org invite accept --token-file token.txt --user bob@example.org
              saasctl org invite accept --token-file - --as bob@example.org <token.txt
            """)

    static let actsForUsers = true

    @OptionGroup var token: InvitationTokenOption

    @Option(help: ArgumentHelp("Who accepts: e-mail address or id; otherwise the user of --as.", valueName: "user"))
    var user: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        guard let reference = user ?? global.actAs else {
            throw Failure(.usage, "no user given", hint: "say who accepts, with --user or --as")
        }
        let token = try token.read(context)
        let guest = try await context.guest(reference)
        let request = try Mutation(
            of: "organization", permission: .user(guest.userId),
            parameters: ["token": token.fingerprint, "user": guest.userId.uuidString])
        try await context.perform(request, mutation) { session, operation in
            try InvitationService.accept(token, by: guest, in: session, context: operation)
        }
    }
}
