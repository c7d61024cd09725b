public import FoundationEssentials
public import Kernel
public import WorkflowEvents

/// A piece of work in a project.
public struct WorkflowTask: Sendable, Hashable, Codable {
    public let id: UUID
    public let organizationId: UUID
    public let projectId: UUID
    /// What people call it: the project's key and the number, `WEB-12`. Never another task's.
    public let key: String
    public internal(set) var title: String
    public internal(set) var description: String?
    public internal(set) var status: TaskStatus
    public internal(set) var priority: TaskPriority
    /// A user of the identity service; `nil` for nobody.
    public internal(set) var assigneeId: UUID?
    public internal(set) var dueAt: Timestamp?
    /// The optimistic version of the row; rises with every change.
    public let version: Int64
    public let createdAt: Timestamp
    public let updatedAt: Timestamp
    /// Set as long as the task is done.
    public internal(set) var completedAt: Timestamp?
}

extension WorkflowTask {
    /// A task as it begins.
    init(_ draft: TaskDraft, id: UUID, number: Int64, in project: Project, at now: Timestamp) {
        self.init(
            id: id, organizationId: project.organizationId, projectId: project.id, key: "\(project.key)-\(number)", title: draft.title.text,
            description: draft.description?.text, status: draft.status, priority: draft.priority, assigneeId: draft.assignee?.id,
            dueAt: draft.dueAt, version: 1, createdAt: now, updatedAt: now, completedAt: nil)
    }
}

/// One line of 1 to 200 characters of any script, as typed but trimmed.
public struct TaskTitle: Sendable, Hashable {
    public let text: String

    public init(_ raw: String) throws(TaskError) {
        let trimmed = raw.trimmed
        guard trimmed.isPrintableLine(ofLength: 1...200) else { throw .invalidTitle(raw) }
        text = trimmed
    }
}

/// What a title does not say: up to 10,000 characters, in lines.
public struct TaskDescription: Sendable, Hashable {
    public static let longest = 10_000

    /// `nil` for an empty one.
    public let text: String?

    public init(_ raw: String) throws(TaskError) {
        let trimmed = raw.trimmed
        guard trimmed.unicodeScalars.count <= Self.longest,
            trimmed.unicodeScalars.allSatisfy({ $0 == "\n" || $0 == "\t" || !String($0).containsControls })
        else { throw .invalidDescription }
        text = trimmed.isEmpty ? nil : trimmed
    }
}

/// What people and scripts type for a task: `WEB-12`, or its id.
public enum TaskReference: Sendable, Hashable {
    case id(UUID)
    case numbered(ProjectKey, Int64)

    public init(_ text: String) throws(TaskError) {
        if let id = UUID(uuidString: text) {
            self = .id(id)
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let key = ProjectKey(typed: parts[0]), let number = Int64(parts[1]), number > 0,
            String(number) == parts[1]
        else { throw .invalidReference(text) }
        self = .numbered(key, number)
    }

    /// Whether it is complete without an organization.
    public var isId: Bool {
        if case .id = self { true } else { false }
    }
}

/// The user whom a task is given to, as id and as the command named the user, for errors.
public struct Assignee: Sendable, Hashable {
    public let id: UUID
    public let label: String

    public init(id: UUID, label: String) {
        self.id = id
        self.label = label
    }
}

/// A task that is to be.
public struct TaskDraft: Sendable {
    public var title: TaskTitle
    public var description: TaskDescription?
    public var status = TaskStatus.todo
    public var priority = TaskPriority.unset
    public var assignee: Assignee?
    public var dueAt: Timestamp?

    public init(title: TaskTitle) {
        self.title = title
    }
}

/// What is to be another about a task; `nil` leaves it as it is.
public struct TaskChanges: Sendable {
    public var title: TaskTitle?
    /// An empty one takes the description away.
    public var description: TaskDescription?
    public var priority: TaskPriority?
    public var due: DueTime?

    public init() {}
}

/// A time until which something should be done, or none.
public struct DueTime: Sendable, Hashable {
    public let at: Timestamp?

    public init(_ at: Timestamp?) {
        self.at = at
    }
}
