public import WorkflowEvents

extension TaskStatus {
    /// Those in which a task may begin.
    public static let initial: [TaskStatus] = [.backlog, .todo, .inProgress]

    /// What a task may become from here. Nothing is reviewed or done that nobody has taken up for work, and what is closed is opened again
    /// before anything else happens to it.
    public var successors: [TaskStatus] {
        switch self {
        case .backlog: [.todo, .inProgress, .cancelled]
        case .todo: [.backlog, .inProgress, .done, .cancelled]
        case .inProgress: [.backlog, .todo, .inReview, .done, .cancelled]
        case .inReview: [.todo, .inProgress, .done, .cancelled]
        case .done: [.todo, .inProgress]
        case .cancelled: [.backlog, .todo]
        }
    }
}
