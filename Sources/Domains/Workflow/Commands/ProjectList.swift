import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Workflow

struct ProjectList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List an organization's active projects, newest first.",
        discussion: "Example: saasctl workflow project list acme --archived")

    static let actsForUsers = true

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @Flag(help: "The archived projects instead.")
    var archived = false

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let tenant = try await context.tenant(organization)
        let user = try await context.actingUser()
        let status: Project.Status = archived ? .archived : .active
        try await context.list(paging) { cursor, limit in
            try await context.read("workflow") { session in
                try WorkflowService.requireReader(user, of: tenant, in: session)
                return try WorkflowService.projects(of: tenant.id, status: status, before: cursor, limit: limit, in: session)
            }
        }
    }
}
