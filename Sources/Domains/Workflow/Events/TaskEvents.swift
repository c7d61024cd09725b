public import FoundationEssentials
public import Kernel

/// A task that has an assignee from the beginning tells that by a ``TaskAssigned`` behind this.
public struct TaskCreated: DomainEvent {
    public static let eventType = EventType("saas.task.created", version: 1)
    public static let aggregateType = "task"

    public let taskId: UUID
    public let projectId: UUID
    public let organizationId: UUID
    /// Its number in the project, from 1 without gaps.
    public let number: Int64
    public let status: TaskStatus
    public let priority: TaskPriority

    public init(taskId: UUID, projectId: UUID, organizationId: UUID, number: Int64, status: TaskStatus, priority: TaskPriority) {
        self.taskId = taskId
        self.projectId = projectId
        self.organizationId = organizationId
        self.number = number
        self.status = status
        self.priority = priority
    }
}

/// Some of what people read of a task is another; what it says now, the workflow service tells who asks.
public struct TaskUpdated: DomainEvent {
    public static let eventType = EventType("saas.task.updated", version: 1)
    public static let aggregateType = "task"

    public let taskId: UUID
    public let organizationId: UUID
    /// Those that changed.
    public let fields: [TaskField]

    public init(taskId: UUID, organizationId: UUID, fields: [TaskField]) {
        self.taskId = taskId
        self.organizationId = organizationId
        self.fields = fields
    }
}

/// What ``TaskUpdated`` names.
public enum TaskField: String, Sendable, Hashable, Codable, CaseIterable {
    case title, description, priority, due
}

/// The task is somebody's from now on, or nobody's.
public struct TaskAssigned: DomainEvent {
    public static let eventType = EventType("saas.task.assigned", version: 1)
    public static let aggregateType = "task"

    public let taskId: UUID
    public let organizationId: UUID
    /// `nil` where it is nobody's any more.
    public let assigneeId: UUID?

    public init(taskId: UUID, organizationId: UUID, assigneeId: UUID?) {
        self.taskId = taskId
        self.organizationId = organizationId
        self.assigneeId = assigneeId
    }
}

public struct TaskStatusChanged: DomainEvent {
    public static let eventType = EventType("saas.task.status_changed", version: 1)
    public static let aggregateType = "task"

    public let taskId: UUID
    public let organizationId: UUID
    public let from: TaskStatus
    public let to: TaskStatus
    /// Whether it is done now; a cancelled task is not.
    public let isCompleted: Bool

    public init(taskId: UUID, organizationId: UUID, from: TaskStatus, to: TaskStatus) {
        self.taskId = taskId
        self.organizationId = organizationId
        self.from = from
        self.to = to
        isCompleted = to.group == .completed
    }
}
