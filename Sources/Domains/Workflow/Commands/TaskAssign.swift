import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Workflow

struct TaskAssign: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Give a task to a member of its organization, or to nobody.",
        discussion: """
            Who has it already keeps it. A user who leaves the organization loses its open tasks with the next run of the worker.

            Examples:
              saasctl workflow task assign WEB-12 bob@example.org --org acme
              saasctl workflow task assign WEB-12 --unassign --org acme
            """)

    static let actsForUsers = true

    @Argument(help: "The task: WEB-12 in the organization, or its id.")
    var task: String

    @Argument(help: "Who does it: e-mail address or id of a member; none for nobody.")
    var user: String?

    @Flag(help: "Give it to nobody.")
    var unassign = false

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard (user == nil) == unassign else { throw ValidationError("give either the user or --unassign") }
    }

    func run(_ context: CommandContext) async throws {
        var assignee: Assignee?
        if let user, user != nobody { assignee = try await context.assignee(user) }
        let wanted = assignee
        try await context.changeTask(task, mutation, parameters: ["assignee": wanted?.id.uuidString]) { id, tenant, session, operation in
            try TaskService.assign(id, to: wanted, of: tenant, in: session, context: operation)
        }
    }
}
