public import Kernel

/// What the organization service refuses, and why.
public enum OrganizationError: DomainError, Equatable {
    case invalidSlug(String)
    case invalidName(String)
    case slugTaken(String)
    case organizationNotFound(String)

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
        }
    }
}
