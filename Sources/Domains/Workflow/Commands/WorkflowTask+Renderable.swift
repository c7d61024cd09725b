public import CommandKit
import FoundationEssentials
import Kernel
public import Workflow
import WorkflowEvents

extension WorkflowTask: Renderable {
    public static let resourceKind = "Task"

    public static var fields: [Column<WorkflowTask>] {
        [
            Column("task", mayShrink: false) { $0.key }, Column("title") { $0.title }, Column("status") { $0.status.rawValue },
            Column("priority") { $0.priority.rawValue }, Column("assignee", mayShrink: false) { $0.assigneeId },
            Column("due at") { $0.dueAt }, Column("description") { $0.description }, Column("id", mayShrink: false) { $0.id },
            Column("version") { $0.version }, Column("updated at") { $0.updatedAt }, Column("completed at") { $0.completedAt },
        ]
    }

    public var identifier: String { key }
}
