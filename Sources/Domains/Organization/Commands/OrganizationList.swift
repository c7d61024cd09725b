import ArgumentParser
import CommandKit
import Kernel
import Organization

struct OrganizationList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List organizations, newest first.",
        discussion: """
            Those that are active, unless --status says otherwise.

            Examples:

              saasctl org list --slug 'acme*'
              saasctl org list --status deleted
            """)

    /// Which organizations are shown.
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case active, deleted, purged, all

        /// `nil` for all of them.
        var status: Organization.Status? { Organization.Status(rawValue: rawValue) }
    }

    @Option(help: "Only organizations in this state.")
    var status = Choice.active

    @Option(help: ArgumentHelp("Only slugs that match this pattern; * and ? stand for any characters.", valueName: "pattern"))
    var slug: String?

    @Flag(help: "Only active organizations that have no owner who can act: all are disabled, or erased.")
    var ownerless = false

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (pattern, status, ownerless) = (slug, status.status, ownerless)
        try await context.list(paging) { cursor, limit in
            try await context.read("organization") {
                try OrganizationService.list(status, isOwnerless: ownerless, before: cursor, matching: pattern, limit: limit, in: $0)
            }
        }
    }
}
