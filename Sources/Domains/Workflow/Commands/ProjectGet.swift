import ArgumentParser
import CommandKit
import Workflow

struct ProjectGet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show one project, archived or not.",
        discussion: "Example: saasctl workflow project get WEB --org acme")

    static let actsForUsers = true

    @Argument(help: "The project: its key in the organization, or its id.")
    var project: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.renderer.object(try await context.project(project).project)
    }
}
