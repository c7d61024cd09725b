import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Workflow

extension CommandContext {
    /// The organization that a command works on: its own argument, or `--org` and its variable.
    func tenant(_ argument: String? = nil) async throws -> Tenant {
        let (id, label) = try await organization(argument)
        return Tenant(id: id, label: label)
    }

    /// The organization of `--org`. What is named by its id needs none, but has to be in the one that is given.
    private func tenant(ofId isId: Bool) async throws -> Tenant? {
        guard isId else { return try await tenant() }
        guard let id = try await organizationIfGiven() else { return nil }
        return Tenant(id: id, label: try organizationReference(nil))
    }

    /// The organization and the user who acts, who are asked for at the same time: each lies in a database of its own.
    private func surroundings(ofId isId: Bool) async throws -> (given: Tenant?, user: UUID?) {
        async let user = actingUser()
        let given = try await tenant(ofId: isId)
        return (given, try await user)
    }

    /// A project by its key in the organization of `--org`, or by its id.
    func project(_ text: String) async throws -> (project: Project, tenant: Tenant) {
        let reference = try ProjectReference(text)
        let (given, user) = try await surroundings(ofId: reference.isId)
        let project = try await read("workflow") { session in
            try WorkflowService.project(reference, label: text, of: given, for: user, in: session)
        }
        return (project, given ?? Tenant(id: project.organizationId, label: project.organizationId.text))
    }

    /// A task by its project's key and its number in the organization of `--org`, or by its id.
    func task(_ text: String) async throws -> (task: WorkflowTask, tenant: Tenant) {
        let reference = try TaskReference(text)
        let (given, user) = try await surroundings(ofId: reference.isId)
        let task = try await read("workflow") { session in
            try TaskService.task(reference, label: text, of: given, for: user, in: session)
        }
        return (task, given ?? Tenant(id: task.organizationId, label: task.organizationId.text))
    }

    /// Changes one task.
    ///
    /// - Parameter parameters: what the change depends on besides the task.
    func changeTask(
        _ text: String, _ options: MutationOptions, parameters: [String: String?],
        _ body: @Sendable (UUID, Tenant, Session, OperationContext) throws -> Change<WorkflowTask>
    ) async throws {
        let (task, tenant) = try await task(text)
        let request = try Mutation(
            of: "workflow", organization: tenant.id, permission: .members,
            parameters: parameters.merging(["task": task.id.uuidString]) { given, _ in given })
        try await perform(request, options) { session, operation in try body(task.id, tenant, session, operation) }
    }

    /// The user whom a task is to be given to.
    func assignee(_ text: String) async throws -> Assignee {
        Assignee(id: try await services.directory.userId(text), label: text)
    }

    /// Tasks with the addresses of those who have them.
    func shown(_ tasks: Page<WorkflowTask>) async throws -> Page<ShownTask> {
        let addresses = try await services.directory.emailAddresses(of: Array(Set(tasks.items.compactMap(\.assigneeId))))
        return tasks.map { ShownTask($0, assigneeEmail: $0.assigneeId.flatMap { addresses[$0] }) }
    }
}
