import ArgumentParser
import CommandKit
import Cryptography
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct InviteReject: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Reject an invitation.",
        discussion: """
            The token is enough; who rejects needs no account. Rejecting twice changes nothing.

            Example: saasctl org invite reject --token-file token.txt
            """)

    static let actsForUsers = true

    @OptionGroup var token: InvitationTokenOption

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let token = try token.read(context)
        let guest = if let reference = global.actAs { try await context.guest(reference) } else { InvitationService.Guest?.none }
        let request = try Mutation(
            of: "organization", permission: guest.map { Mutation.Permission.user($0.userId) } ?? .operatorOnly,
            parameters: ["token": token.fingerprint])
        try await context.perform(request, mutation) { session, operation in
            try InvitationService.reject(token, by: guest, in: session, context: operation)
        }
    }
}
