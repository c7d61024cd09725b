import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct OrganizationDelete: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete an organization; for a while it can be restored.",
        discussion: """
            At once the organization takes no changes any more. The next runs of the worker cancel its subscription, freeze its projects and revoke \
            its invitations; saga get shows how far they are. When the grace period has ended, the worker removes it for good from all services. \
            Asks for the slug; --confirm answers. With --as it takes an owner.

            Examples:

              saasctl org delete acme --confirm acme --reason 'ticket 17'
              saasctl org delete acme --grace 90d
            """)

    static let actsForUsers = true

    @Argument(help: "The organization's slug or id.")
    var organization: String

    @Option(
        help: ArgumentHelp(
            "How long it can be restored, from 1h to 365d; 30d unless said otherwise.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var grace: Duration = GracePeriod.standard.duration

    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let grace = try GracePeriod(grace)
        let label = try context.organizationReference(organization)
        try context.refuseIfReadOnly()
        let found = try await context.read("organization") { try OrganizationService.organization(label, in: $0) }
        // One that is deleted already stays as it is.
        if !mutation.dryRun, found.status == .active {
            try context.confirmation.obtain(
                .severe(name: found.slug), to: "delete organization \"\(found.slug)\"", confirm: confirmation.confirm)
        }
        let request = try Mutation(
            of: "organization", organization: found.id, permission: .members,
            parameters: ["organization": found.id.uuidString, "grace": DurationText.text(grace.duration)])
        try await context.perform(request, mutation) { session, operation in
            try DeletionService.delete(found.id, label: label, grace: grace, in: session, context: operation)
        }
    }
}
