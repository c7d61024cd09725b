import CommandKit
import FoundationEssentials
import Kernel
import Workflow
import WorkflowEvents

/// A task with what the identity service says of its assignee.
struct ShownTask: Listable {
    static let resourceKind = WorkflowTask.resourceKind

    static var columns: [Column<ShownTask>] {
        [
            Column("task", mayShrink: false) { $0.key }, Column("title") { $0.title }, Column("status") { $0.status.rawValue },
            Column("priority") { $0.priority.rawValue }, Column("assignee") { $0.assigneeEmail ?? $0.assigneeId?.text },
            Column("due at") { $0.dueAt }, Column("created at") { $0.createdAt },
        ]
    }

    static var fields: [Column<ShownTask>] {
        columns + [
            Column("description") { $0.description }, Column("id", mayShrink: false) { $0.id }, Column("version") { $0.version },
            Column("updated at") { $0.updatedAt }, Column("completed at") { $0.completedAt },
        ]
    }

    let id: UUID
    let organizationId: UUID
    let projectId: UUID
    let key: String
    let title: String
    let description: String?
    let status: TaskStatus
    let priority: TaskPriority
    let assigneeId: UUID?
    /// `nil` for a user whom the identity service does not know, too.
    let assigneeEmail: String?
    let dueAt: Timestamp?
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp
    let completedAt: Timestamp?

    init(_ task: WorkflowTask, assigneeEmail: String?) {
        id = task.id
        organizationId = task.organizationId
        projectId = task.projectId
        key = task.key
        title = task.title
        description = task.description
        status = task.status
        priority = task.priority
        assigneeId = task.assigneeId
        self.assigneeEmail = assigneeEmail
        dueAt = task.dueAt
        version = task.version
        createdAt = task.createdAt
        updatedAt = task.updatedAt
        completedAt = task.completedAt
    }

    var identifier: String { key }
}
