import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Workflow
import WorkflowEvents

struct TaskCreate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a task under the next number of its project.",
        discussion: """
            Where the organization's plan has a limit named "tasks", it limits how many may be open at a time.

            Examples:
              saasctl workflow task create 'Fix the login page' --project WEB
              saasctl workflow task create 'Tidy up' --project WEB --due 2026-12-31
            """)

    static let actsForUsers = true

    @Argument(help: "What there is to do, on one line.")
    var title: String

    @Option(help: ArgumentHelp("The project: its key in the organization, or its id.", valueName: "project"))
    var project: String

    @Option(help: ArgumentHelp("What the title does not say.", valueName: "text"))
    var description: String?

    @Option(help: "How soon, against others.")
    var priority = TaskPriority.unset

    @Option(help: "How far it is; it begins as one of the first three.")
    var status = TaskStatus.todo

    @Option(help: ArgumentHelp("Who does it: e-mail address or id of a member.", valueName: "user"))
    var assignee: String?

    @Option(
        help: ArgumentHelp("Until when: a date, which is midnight UTC, or a time.", valueName: "time"), transform: DueTime.argument)
    var due: DueTime?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let creation = try await creation(context)
        try await context.perform(creation.request, mutation, creation.body)
    }

    /// What makes the task, once all names are looked up.
    func creation(
        _ context: CommandContext
    ) async throws -> (request: Mutation, body: @Sendable (Session, OperationContext) throws -> Change<WorkflowTask>) {
        var draft = TaskDraft(title: try TaskTitle(title))
        draft.description = try description.map { try TaskDescription($0) }
        draft.priority = priority
        draft.status = status
        draft.dueAt = due?.at
        let (project, tenant) = try await context.project(project)
        if let assignee { draft.assignee = try await context.assignee(assignee) }
        let task = draft
        let request = try Mutation(
            of: "workflow", organization: tenant.id, permission: .members,
            parameters: [
                "project": project.id.uuidString, "title": task.title.text, "description": task.description?.text,
                "priority": task.priority.rawValue, "status": task.status.rawValue, "assignee": task.assignee?.id.uuidString,
                "due": task.dueAt?.description,
            ])
        return (request, { try TaskService.create(task, in: project.id, of: tenant, in: $0, context: $1) })
    }
}
