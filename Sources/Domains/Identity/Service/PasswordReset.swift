public import Cryptography
public import FoundationEssentials
public import Kernel

/// What lets its bearer set a new password for one user, once.
public typealias PasswordResetToken = BearerToken<PasswordResetTokenKind>

/// The kind of ``PasswordResetToken``.
public enum PasswordResetTokenKind: BearerTokenKind {
    public static let name = "password-reset"
}

/// A request to set a new password.
struct PasswordReset: Sendable, Hashable, Codable {
    enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case open, used
        /// By a newer request, or by a password that was set otherwise.
        case superseded
        case expired
    }

    let id: UUID
    let userId: UUID
    /// At the instant for which it was read: expired as soon as its time is up.
    let status: Status
    let createdAt: Timestamp
    let expiresAt: Timestamp
    let endedAt: Timestamp?
}

/// A request to set a new password, with what does it, which is shown once and kept nowhere.
public struct RequestedPasswordReset: Sendable, Hashable, Codable {
    public let id: UUID
    public let userId: UUID
    public let createdAt: Timestamp
    /// The first instant at which it can no more be used.
    public let expiresAt: Timestamp
    /// Secret: whoever has it can set the password.
    public let token: String

    init(_ reset: PasswordReset, token: PasswordResetToken) {
        id = reset.id
        userId = reset.userId
        createdAt = reset.createdAt
        expiresAt = reset.expiresAt
        self.token = token.text
    }
}

/// For how long a new password can be set.
public struct PasswordResetLifetime: Sendable, Hashable {
    public static let standard = PasswordResetLifetime(known: .seconds(3_600))
    public static let longest = PasswordResetLifetime(known: .seconds(86_400))

    public let duration: Duration

    /// - Throws: ``CredentialError/resetLifetimeTooLong``.
    public init(_ duration: Duration) throws(CredentialError) {
        guard duration <= Self.longest.duration else { throw .resetLifetimeTooLong }
        self.duration = duration
    }

    private init(known duration: Duration) {
        self.duration = duration
    }
}
