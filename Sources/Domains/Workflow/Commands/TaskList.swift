import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Workflow
import WorkflowEvents

struct TaskList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List an organization's tasks, newest first.",
        discussion: """
            Tasks of archived projects are left out, unless --project names theirs.

            Examples:
              saasctl workflow task list acme --status todo --status in_progress
              saasctl workflow task list acme --project WEB --assignee none
            """)

    static let actsForUsers = true

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @Option(help: ArgumentHelp("Only tasks of this project: its key, or its id.", valueName: "project"))
    var project: String?

    @Option(help: "Only tasks in this status; may be given several times.")
    var status: [TaskStatus] = []

    @Option(help: ArgumentHelp("Only tasks of this user: e-mail address, id, or none for nobody's.", valueName: "user"))
    var assignee: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let tenant = try await context.tenant(organization)
        let user = try await context.actingUser()
        let wanted = try project.map { ($0, try ProjectReference($0)) }
        var filter = TaskFilter()
        filter.statuses = status
        if assignee == nobody {
            filter.assignee = .nobody
        } else if let assignee {
            filter.assignee = .user(try await context.services.directory.knownUserId(assignee))
        }
        let asked = filter
        try await context.list(paging) { cursor, limit in
            let page = try await context.read("workflow") { session in
                try WorkflowService.requireReader(user, of: tenant, in: session)
                var filter = asked
                if let (label, project) = wanted {
                    filter.projectId = try WorkflowService.project(project, label: label, of: tenant, in: session).id
                }
                return try TaskService.tasks(of: tenant.id, filter, before: cursor, limit: limit, in: session)
            }
            return try await context.shown(page)
        }
    }
}
