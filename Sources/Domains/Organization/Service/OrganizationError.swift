public import FoundationEssentials
public import Kernel
public import OrganizationEvents

/// What the organization service refuses, and why.
public enum OrganizationError: DomainError, Equatable {
    case invalidSlug(String)
    case invalidName(String)
    case slugTaken(String)
    case organizationNotFound(String)
    case organizationDeleted(String)
    case organizationPurged(String)
    case graceOutOfBounds
    case graceEnded(String, at: Timestamp)
    /// Services are still undoing the steps of the last deletion.
    case restoreUnfinished(String)
    case sagaNotFound(String)
    case sagaCompleted(UUID)
    case memberExists(String, role: MemberRole, organization: String)
    case memberNotFound(String, organization: String)
    case lastOwner(String, organization: String)
    /// The user who acts does not belong to the organization.
    case notAMember(String)
    case roleTooLow(MemberRole, needs: MemberRole)
    case lifetimeTooLong
    case invitationExists(String, organization: String)
    case invitationNotFound(String, organization: String)
    /// No invitation has the token; which token it was, nobody is told.
    case tokenUnknown
    case invitationUsed(organization: String)
    case invitationRejected(organization: String)
    case invitationRevoked(organization: String)
    case invitationExpired(organization: String)
    /// The user who answers does not have the address that is invited.
    case invitedOther(String, organization: String)

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
        case .organizationPurged(let name):
            Failure(
                ErrorCode("ORG_PURGED", .notFound), "organization \"\(name)\" was deleted for good, and nothing of it is left",
                hint: "saasctl org list --status purged")
        case .graceOutOfBounds:
            Failure(ErrorCode("GRACE_INVALID", .usage), "the grace period of a deletion is between 1h and 365d")
        case .graceEnded(let name, let end):
            Failure(
                ErrorCode("GRACE_ENDED", .conflict), "the deletion of \"\(name)\" could be taken back until \(end), and no longer",
                hint: "saasctl saga get \(name)")
        case .restoreUnfinished(let name):
            Failure(
                ErrorCode("RESTORE_UNFINISHED", .conflict), "organization \"\(name)\" is still being restored from its last deletion",
                hint: "saasctl worker run --once, then saasctl saga get \(name)")
        case .sagaNotFound(let reference):
            Failure(ErrorCode("SAGA_NOT_FOUND", .notFound), "there is no saga of \"\(reference)\"", hint: "saasctl saga list")
        case .sagaCompleted(let id):
            Failure(
                ErrorCode("SAGA_COMPLETED", .conflict), "saga \"\(id.text)\" has come to its end, and nothing can be undone",
                hint: "saasctl saga get \(id.text)")
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
        case .lifetimeTooLong:
            Failure(ErrorCode("EXPIRY_INVALID", .usage), "an invitation can be open for 30 days at most")
        case .invitationExists(let email, let organization):
            Failure(
                ErrorCode("INVITATION_EXISTS", .conflict), "\"\(email)\" is invited to \"\(organization)\" already",
                hint: "saasctl org invite revoke \(email) --org \(organization)")
        case .invitationNotFound(let reference, let organization):
            Failure(
                Self.noInvitation, "invitation \"\(reference)\" of \"\(organization)\" does not exist",
                hint: "saasctl org invite list \(organization) --status all")
        case .tokenUnknown:
            Failure(Self.noInvitation, "no invitation has this token", hint: "give the token as it was sent, in one line")
        case .invitationUsed(let organization):
            Failure(
                ErrorCode("INVITATION_USED", .conflict), "the invitation to \"\(organization)\" was accepted",
                hint: "saasctl org member list \(organization)")
        case .invitationRejected(let organization): Self.ended("INVITATION_REJECTED", "was rejected", organization)
        case .invitationRevoked(let organization): Self.ended("INVITATION_REVOKED", "was revoked", organization)
        case .invitationExpired(let organization): Self.ended("INVITATION_EXPIRED", "has expired", organization)
        case .invitedOther(let email, let organization):
            Failure(
                ErrorCode("INVITATION_FOR_ANOTHER", .denied),
                "the invitation to \"\(organization)\" is for another address than \"\(email)\"",
                hint: "saasctl org invite send \(email) --org \(organization)")
        }
    }

    private static let noInvitation = ErrorCode("INVITATION_NOT_FOUND", .notFound)

    private static func ended(_ code: String, _ how: String, _ organization: String) -> Failure {
        Failure(
            ErrorCode(code, .conflict), "the invitation to \"\(organization)\" \(how)",
            hint: "saasctl org invite send ADDRESS --org \(organization)")
    }
}
