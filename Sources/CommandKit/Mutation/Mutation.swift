public import FoundationEssentials
import Kernel

/// A change that a command wants made, but for the change itself.
public struct Mutation: Sendable {
    /// Who may do it, besides the operator.
    public enum Permission: Sendable, Hashable {
        /// The operator alone; with `--as` it is refused.
        case operatorOnly
        /// With `--as`, this user.
        case user(UUID)
        /// With `--as`, whom the service function lets: it asks in its transaction which role the user has, because that may change meanwhile.
        case members
    }

    /// The service whose database changes.
    public let service: String
    /// Whose data it is, where it is an organization's; scopes the idempotency key.
    public let organization: UUID?
    public let permission: Permission
    /// False where the result holds a secret, which is never stored: then an idempotency key is refused.
    public let isRepeatable: Bool
    /// What the idempotency key vouches for. Nothing secret that anybody could guess: it is stored as a keyed hash.
    let parameters: JSONValue

    /// - Parameter parameters: the command's arguments in their typed form, so that two spellings of one command agree.
    /// - Throws: `EncodingError`.
    public init(
        of service: String, organization: UUID? = nil, permission: Permission = .operatorOnly, isRepeatable: Bool = true,
        parameters: some Encodable
    ) throws {
        self.service = service
        self.organization = organization
        self.permission = permission
        self.isRepeatable = isRepeatable
        self.parameters = try JSONValue(encoding: parameters)
    }
}
