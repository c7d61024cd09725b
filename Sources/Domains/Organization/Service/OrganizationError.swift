public import Kernel
public import OrganizationEvents

/// What the organization service refuses, and why.
public enum OrganizationError: DomainError, Equatable {
    case invalidSlug(String)
    case invalidName(String)
    case slugTaken(String)
    case organizationNotFound(String)
    case organizationDeleted(String)
    case memberExists(String, role: MemberRole, organization: String)
    case memberNotFound(String, organization: String)
    case lastOwner(String, organization: String)
    /// The user who acts does not belong to the organization.
    case notAMember(String)
    case roleTooLow(MemberRole, needs: MemberRole)

    public var failure: Failure {
        switch self {
        case .invalidSlug(let text):
            Failure(
                ErrorCode("SLUG_INVALID", .usage),
                "\"\(text)\" is not a slug: 2 to 63 lower-case letters, digits and single hyphens between them")
        case .invalidName(let text):
            Failure(ErrorCode("NAME_INVALID", .usage), "\"\(text)\" is not a name: 1 to 200 printable characters on one line")
        case .slugTaken(let slug):
            Failure(ErrorCode("SLUG_TAKEN", .conflict), "organization \"\(slug)\" exists already", hint: "saasctl org get \(slug)")
        case .organizationNotFound(let name):
            Failure(ErrorCode("ORG_NOT_FOUND", .notFound), "organization \"\(name)\" does not exist", hint: "saasctl org list")
        case .organizationDeleted(let name):
            Failure(ErrorCode("ORG_DELETED", .conflict), "organization \"\(name)\" is deleted")
        case .memberExists(let user, let role, let organization):
            Failure(
                ErrorCode("MEMBER_EXISTS", .conflict), "user \"\(user)\" is a member of \"\(organization)\" already, as \(role.rawValue)",
                hint: "saasctl org member role \(user) ROLE --org \(organization)")
        case .memberNotFound(let user, let organization):
            Failure(
                ErrorCode("MEMBER_NOT_FOUND", .notFound), "user \"\(user)\" is not a member of \"\(organization)\"",
                hint: "saasctl org member list --org \(organization)")
        case .lastOwner(let user, let organization):
            Failure(
                ErrorCode("LAST_OWNER", .conflict),
                "user \"\(user)\" is the last owner of \"\(organization)\", which cannot be without one",
                hint: "saasctl org member role ANOTHER owner --org \(organization)")
        case .notAMember(let organization):
            Failure(.notPermitted, "who acts is not a member of \"\(organization)\"")
        case .roleTooLow(let role, let needed):
            Failure(.notPermitted, "who acts is \(role.rawValue), and this takes \(needed.rawValue)")
        }
    }
}
