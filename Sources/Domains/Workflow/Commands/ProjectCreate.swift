import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Workflow

struct ProjectCreate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a project in an organization.",
        discussion: """
            The organization's plan limits how many there may be.

            Example: saasctl --org acme workflow project create WEB --name 'Website'
            """)

    static let actsForUsers = true

    @Argument(help: "The short name in front of task numbers: 2 to 10 upper-case letters and digits.")
    var key: String

    @Option(help: ArgumentHelp("The name that people read; otherwise the key.", valueName: "name"))
    var name: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let key = try ProjectKey(key)
        let name = name ?? key.text
        let (organization, label) = try await context.organization()
        let request = try Mutation(
            of: "workflow", organization: organization, permission: .members,
            parameters: ["organization": organization.uuidString, "key": key.text, "name": name])
        try await context.perform(request, mutation) { session, operation in
            try WorkflowService.createProject(
                key: key, name: name, organizationId: organization, label: label, in: session, context: operation)
        }
    }
}
