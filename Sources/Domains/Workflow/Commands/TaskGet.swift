import ArgumentParser
import CommandKit
import Kernel
import Workflow

struct TaskGet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show one task.", discussion: "Example: saasctl workflow task get WEB-12 --org acme")

    static let actsForUsers = true

    @Argument(help: "The task: WEB-12 in the organization, or its id.")
    var task: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let found = try await context.task(task).task
        for task in try await context.shown(Page(all: [found])).items { try context.renderer.object(task) }
    }
}
