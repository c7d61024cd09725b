import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization

struct InviteList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List an organization's invitations, newest first.",
        discussion: "Example: saasctl org invite list acme --status all")

    /// Which invitations are shown.
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case pending, accepted, rejected, revoked, expired, all

        /// `nil` for all of them.
        var status: Invitation.Status? { Invitation.Status(rawValue: rawValue) }
    }

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @Option(help: "Only invitations in this state.")
    var status = Choice.pending

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let id = try await context.currentOrganization(organization).id
        let status = status.status
        let now = context.clock.now()
        try await context.list(paging) { cursor, limit in
            try await context.read("organization") {
                try InvitationService.list(of: id, status: status, before: cursor, limit: limit, at: now, in: $0)
            }
        }
    }
}
