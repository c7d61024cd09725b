public import Kernel
public import WorkflowEvents

/// What the workflow service refuses of tasks, and why.
public enum TaskError: DomainError, Equatable {
    case invalidTitle(String)
    case invalidDescription
    case invalidReference(String)
    /// Without an organization, an id that is nowhere.
    case notFound(String, organization: String?)
    /// A task cannot begin like that.
    case initialStatus(TaskStatus)
    case transition(task: String, from: TaskStatus, to: TaskStatus)
    case limit(limit: Int64, used: Int64)
    case staleVersion(task: String, given: Int64, current: Int64)
    case assigneeNotMember(String, organization: String)

    public var failure: Failure {
        switch self {
        case .invalidTitle(let text):
            Failure(ErrorCode("TASK_TITLE_INVALID", .usage), "\"\(text)\" is not a title: 1 to 200 printable characters on one line")
        case .invalidDescription:
            Failure(
                ErrorCode("TASK_DESCRIPTION_INVALID", .usage),
                "a description has \(TaskDescription.longest) characters at most, and no control characters but tabs and line feeds")
        case .invalidReference(let text):
            Failure(
                ErrorCode("TASK_REFERENCE_INVALID", .usage), "\"\(text)\" names no task: write it as WEB-12, or give its id",
                hint: "saasctl workflow task list")
        case .notFound(let task, let organization):
            Failure(
                ErrorCode("TASK_NOT_FOUND", .notFound), "task \"\(task)\" does not exist" + (organization.map { " in \"\($0)\"" } ?? ""),
                hint: "saasctl workflow task list \(organization ?? "ORGANIZATION")")
        case .initialStatus(let status):
            Failure(
                ErrorCode("TASK_STATUS_INVALID", .usage),
                "a task does not begin as \(status.rawValue), only as \(Self.list(TaskStatus.initial))")
        case .transition(let task, let from, let to):
            Failure(
                ErrorCode("TASK_TRANSITION", .conflict),
                "task \"\(task)\" is \(from.rawValue) and cannot become \(to.rawValue), only \(Self.list(from.successors))",
                hint: from.successors.first.map { "saasctl workflow task status \(task) \($0.rawValue)" })
        case .limit(let limit, let used):
            Failure(
                ErrorCode("TASK_LIMIT", .conflict), "the plan's limit \"tasks\" is \(limit), and \(used) are open",
                hint: "saasctl billing entitlement list")
        case .staleVersion(let task, let given, let current):
            Failure(
                ErrorCode("TASK_VERSION_STALE", .conflict),
                "task \"\(task)\" has been changed meanwhile: its version is \(current), not \(given)",
                hint: "saasctl workflow task get \(task)")
        case .assigneeNotMember(let user, let organization):
            Failure(
                ErrorCode("ASSIGNEE_NOT_MEMBER", .conflict),
                "user \"\(user)\" is not a member of \"\(organization)\", as far as workflow has heard",
                hint: "saasctl org member add \(user) --org \(organization), then saasctl worker run --once")
        }
    }

    private static func list(_ statuses: [TaskStatus]) -> String {
        statuses.map(\.rawValue).listed("or")
    }
}
