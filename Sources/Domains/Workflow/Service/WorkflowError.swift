public import Kernel

/// What the workflow service refuses, and why.
public enum WorkflowError: DomainError, Equatable {
    case invalidProjectKey(String)
    case invalidProjectName(String)
    case projectKeyTaken(String)
    case organizationUnknown(String)
    case projectLimit(limit: Int64, used: Int64)

    public var failure: Failure {
        switch self {
        case .invalidProjectKey(let text):
            Failure(
                ErrorCode("PROJECT_KEY_INVALID", .usage),
                "\"\(text)\" is not a project key: 2 to 10 upper-case letters and digits, a letter first")
        case .invalidProjectName(let text):
            Failure(ErrorCode("NAME_INVALID", .usage), "\"\(text)\" is not a name: 1 to 200 printable characters on one line")
        case .projectKeyTaken(let key):
            Failure(ErrorCode("PROJECT_KEY_TAKEN", .conflict), "project \"\(key)\" exists already in this organization")
        case .organizationUnknown(let organization):
            Failure(
                ErrorCode("ENTITLEMENTS_NOT_FOUND", .notFound), "workflow has not heard of organization \"\(organization)\" yet",
                hint: "saasctl worker run --once")
        case .projectLimit(let limit, let used):
            Failure(
                ErrorCode("PROJECT_LIMIT", .conflict), "the plan allows \(limit) projects and \(used) exist",
                hint: "saasctl billing entitlement list")
        }
    }
}
