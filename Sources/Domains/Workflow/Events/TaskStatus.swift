/// How far a task is.
public enum TaskStatus: String, Sendable, Hashable, Codable, CaseIterable {
    case backlog, todo
    case inProgress = "in_progress"
    case inReview = "in_review"
    case done, cancelled

    /// What a status means, whatever it is called.
    public enum Group: String, Sendable, Hashable, CaseIterable {
        case backlog, unstarted, started, completed, cancelled
    }

    public var group: Group {
        switch self {
        case .backlog: .backlog
        case .todo: .unstarted
        case .inProgress, .inReview: .started
        case .done: .completed
        case .cancelled: .cancelled
        }
    }

    /// Whether there is still something to do.
    public var isOpen: Bool {
        switch group {
        case .backlog, .unstarted, .started: true
        case .completed, .cancelled: false
        }
    }

    /// Those in which there is still something to do.
    public static let open = allCases.filter(\.isOpen)
}

/// How soon a task should be done, against others.
public enum TaskPriority: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nobody has said.
    case unset = "none"
    case low, medium, high, urgent
}
