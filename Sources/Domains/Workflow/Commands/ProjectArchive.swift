import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Workflow

struct ProjectArchive: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Close a project for good: it can be read, and no longer changed.",
        discussion: """
            It no longer counts against the plan's limits, and lists leave it and its tasks out. Its key stays taken, and there is no way back. \
            What is archived already stays so.

            Example: saasctl workflow project archive WEB --org acme
            """)

    static let actsForUsers = true

    @Argument(help: "The project: its key in the organization, or its id.")
    var project: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (project, tenant) = try await context.project(project)
        let request = try Mutation(
            of: "workflow", organization: tenant.id, permission: .members, parameters: ["project": project.id.uuidString])
        try await context.perform(request, mutation) { session, operation in
            try WorkflowService.archiveProject(project.id, of: tenant, in: session, context: operation)
        }
    }
}
