import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Workflow
import WorkflowEvents

struct TaskUpdate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a task's title, description, priority or due time.",
        discussion: """
            What is not given stays. With --version the change is made only if nobody has changed the task since you saw that version of it.

            Examples:
              saasctl workflow task update WEB-12 --priority high --due 2026-12-31
              saasctl workflow task update WEB-12 --description '' --due none
            """)

    static let actsForUsers = true

    @Argument(help: "The task: WEB-12 in the organization, or its id.")
    var task: String

    @Option(help: ArgumentHelp("What there is to do, on one line.", valueName: "text"))
    var title: String?

    @Option(help: ArgumentHelp("What the title does not say; an empty text takes it away.", valueName: "text"))
    var description: String?

    @Option(help: "How soon, against others.")
    var priority: TaskPriority?

    @Option(
        help: ArgumentHelp("Until when: a date, which is midnight UTC, a time, or none.", valueName: "time"), transform: DueTime.argument)
    var due: DueTime?

    @Option(help: ArgumentHelp("The version that you have seen; fails where the task has another.", valueName: "number"))
    var version: Int64?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard title != nil || description != nil || priority != nil || due != nil else {
            throw ValidationError("give --title, --description, --priority or --due")
        }
    }

    func run(_ context: CommandContext) async throws {
        var changes = TaskChanges()
        changes.title = try title.map { try TaskTitle($0) }
        changes.description = try description.map { try TaskDescription($0) }
        changes.priority = priority
        changes.due = due
        let (wanted, version) = (changes, version)
        try await context.changeTask(
            task, mutation,
            parameters: [
                "title": changes.title?.text, "description": changes.description.map { $0.text ?? "" }, "priority": priority?.rawValue,
                "due": due.map { $0.at?.description ?? nobody }, "version": version.map(String.init),
            ]
        ) { id, tenant, session, operation in
            try TaskService.update(id, wanted, version: version, of: tenant, in: session, context: operation)
        }
    }
}
