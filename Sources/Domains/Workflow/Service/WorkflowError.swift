public import Kernel
public import OrganizationEvents

/// What the workflow service refuses of projects and of who acts, and why.
public enum WorkflowError: DomainError, Equatable {
    case invalidProjectKey(String)
    case invalidProjectName(String)
    case projectKeyTaken(String)
    case organizationUnknown(String)
    case projectLimit(limit: Int64, used: Int64)
    /// Without an organization, an id that is nowhere.
    case projectNotFound(String, organization: String?)
    case projectArchived(String)
    case projectFrozen(String)
    case organizationDeleted(String)
    /// The user who acts does not belong to the organization, as far as workflow has heard.
    case notAMember(String)
    case roleTooLow(MemberRole, needs: MemberRole)

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
                ErrorCode("PROJECT_LIMIT", .conflict), "the plan's limit \"projects\" is \(limit), and \(used) are active",
                hint: "saasctl billing entitlement list")
        case .projectNotFound(let project, let organization):
            Failure(
                ErrorCode("PROJECT_NOT_FOUND", .notFound),
                "project \"\(project)\" does not exist" + (organization.map { " in \"\($0)\"" } ?? ""),
                hint: "saasctl workflow project list \(organization ?? "ORGANIZATION")")
        case .projectArchived(let key):
            Failure(ErrorCode("PROJECT_ARCHIVED", .conflict), "project \"\(key)\" is archived: nothing in it can be changed")
        case .projectFrozen(let key):
            Failure(
                ErrorCode("PROJECT_FROZEN", .conflict), "the organization of project \"\(key)\" is deleted: nothing in it can be changed")
        case .organizationDeleted(let organization):
            Failure(ErrorCode("ORG_DELETED", .conflict), "organization \"\(organization)\" is deleted")
        case .notAMember(let organization):
            Failure(
                .notPermitted, "who acts is not a member of \"\(organization)\", as far as workflow has heard",
                hint: "saasctl worker run --once, where the user was added just now")
        case .roleTooLow(let role, let needed):
            Failure(.notPermitted, "who acts is \(role.rawValue), and this takes \(needed.rawValue)")
        }
    }
}
