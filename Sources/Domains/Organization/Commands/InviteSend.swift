import ArgumentParser
import CommandKit
import Cryptography
import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox

struct InviteSend: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Invite an e-mail address to an organization.",
        discussion: """
            Shows the token with which the invitation is accepted or rejected: pass it on, no mail goes out. It is shown this once and kept nowhere; \
            who has lost it revokes the invitation and sends another one. For that reason --idempotency-key is refused. A repetition is refused too, \
            while the first invitation is open.

            Examples:

              saasctl org invite send bob@example.org --role admin --org acme
              saasctl org invite send bob@example.org --expires 3d --org acme -o json
            """)

    static let actsForUsers = true

    @Argument(help: "The address; nobody needs to have registered with it.")
    var email: String

    @Option(help: "What the member may do there.")
    var role = MemberRole.member

    @Option(
        help: ArgumentHelp("How long it can be accepted, 30d at most: 12h, 3d; 7d unless said otherwise.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var expires: Duration = InvitationLifetime.standard.duration

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let email = try EmailAddress(email)
        let lifetime = try InvitationLifetime(expires)
        let (organizationId, label) = try await context.organization()
        let offer = InvitationService.Offer(
            organizationId: organizationId, organization: label, email: email,
            userId: try await context.services.directory.userId(with: email), role: role, lifetime: lifetime)
        let key = try context.key(for: InvitationToken.keyPurpose)
        let request = try Mutation(
            of: "organization", organization: organizationId, permission: .members, isRepeatable: false,
            parameters: ["email": email.folded, "role": role.rawValue])
        try await context.perform(request, mutation) { session, operation in
            try InvitationService.send(offer, key: key, in: session, context: operation)
        }
    }
}
