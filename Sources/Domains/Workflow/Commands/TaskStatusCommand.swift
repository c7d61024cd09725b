import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Workflow
import WorkflowEvents

struct TaskStatusCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Move a task to another status.",
        discussion: """
            Where a task may go from where it is:
              backlog       todo, in_progress, cancelled
              todo          backlog, in_progress, done, cancelled
              in_progress   backlog, todo, in_review, done, cancelled
              in_review     todo, in_progress, done, cancelled
              done          todo, in_progress
              cancelled     backlog, todo
            What is in the status already stays in it.

            Example: saasctl workflow task status WEB-12 done --org acme
            """)

    static let actsForUsers = true

    @Argument(help: "The task: WEB-12 in the organization, or its id.")
    var task: String

    @Argument(help: "The new status.")
    var status: TaskStatus

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let status = status
        try await context.changeTask(task, mutation, parameters: ["status": status.rawValue]) { id, tenant, session, operation in
            try TaskService.move(id, to: status, of: tenant, in: session, context: operation)
        }
    }
}
