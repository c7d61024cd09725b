import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents

struct MemberList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List an organization's members, newest first.",
        discussion: "Example: saasctl org member list acme --role owner")

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @Option(help: "Only members in this role.")
    var role: MemberRole?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let id = try await context.currentOrganization(organization).id
        let role = role
        try await context.list(paging) { cursor, limit in
            let page = try await context.read("organization") {
                try MembershipService.list(of: id, role: role, before: cursor, limit: limit, in: $0)
            }
            let addresses = try await context.services.directory.emailAddresses(of: page.items.map(\.userId))
            return page.map { Member($0, email: addresses[$0.userId]) }
        }
    }
}
