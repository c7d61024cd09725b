/// The roles of one service, named alike in the sandbox, in tests and in production.
///
/// A service has two that log in: one owns the database and migrates it, the other runs commands and may create nothing. Migrations grant
/// to the group of the latter, which every service's role is a member of; who may connect to which database keeps the services apart.
public struct ServiceRoles: Sendable, Hashable {
    /// All roles that own a database.
    public static let ownerGroup = "saasctl_owner"
    /// All roles that run commands; what migrations grant to.
    public static let appGroup = "saasctl_app"

    public let owner: String
    public let app: String

    /// - Parameter service: the service's name, or `{service}` for a pattern.
    public init(service: String) {
        owner = "\(service)_owner"
        app = "\(service)_app"
    }
}
