public import FoundationEssentials
public import Kernel

/// A person who can log in. The only place where address and name are kept.
public struct User: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, disabled
        /// What was known of the person is gone for good; the id means nobody.
        case erased
    }

    public let id: UUID
    /// `nil` where the person was erased, as is the name.
    public let email: String?
    public let name: String?
    public let status: Status
    /// False until a first password is set, at registration or by a reset.
    public let hasPassword: Bool
    /// Whether logging in takes a second factor.
    public let hasMfa: Bool
    /// The optimistic version of the row; rises with every change.
    public let version: Int64
    public let createdAt: Timestamp
    public let updatedAt: Timestamp

    /// - Parameter label: what the caller typed, for errors.
    /// - Throws: ``IdentityError/userDisabled(_:)``; ``IdentityError/userNotFound(_:)`` for who was erased.
    public func requireActive(label: String) throws(IdentityError) {
        switch status {
        case .active: return
        case .disabled: throw .userDisabled(label)
        case .erased: throw .userNotFound(label)
        }
    }

    /// - Parameter label: what the caller typed, for errors.
    /// - Throws: ``IdentityError/userNotFound(_:)`` for who was erased.
    public func emailAddress(label: String) throws -> EmailAddress {
        guard let email else { throw IdentityError.userNotFound(label) }
        return try EmailAddress(email)
    }
}

/// A person's display name: one line of 1 to 200 characters.
public struct PersonName: Sendable, Hashable {
    public let text: String

    public init(_ raw: String) throws(IdentityError) {
        let trimmed = raw.trimmed
        guard trimmed.isPrintableLine(ofLength: 1...200) else { throw .invalidName(raw) }
        self.text = trimmed
    }
}
