public import FoundationEssentials
public import IdentityEvents
public import Kernel

/// A user who is logged in somewhere: access tokens name it, refresh tokens prolong it.
public struct LoginSession: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case live
        /// Nobody refreshed it in time.
        case expired
        case ended
    }

    /// What ended it.
    public enum Ending: String, Sendable, Hashable, Codable, CaseIterable {
        case logout, request, reuse, password, disabled, erased
    }

    public let id: UUID
    public let userId: UUID
    /// By what the user proved to be the one.
    public let factors: [LoginFactor]
    /// As of the instant at which it was read.
    public let status: Status
    public let createdAt: Timestamp
    public let refreshedAt: Timestamp
    /// The first instant at which it can no more be refreshed.
    public let expiresAt: Timestamp
    public let endedAt: Timestamp?
    public let ending: Ending?
}

extension RevocationCause {
    var ending: LoginSession.Ending {
        switch self {
        case .request: .request
        case .reuse: .reuse
        case .password: .password
        case .disabled: .disabled
        case .erased: .erased
        }
    }
}
