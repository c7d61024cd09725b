import Cryptography
public import FoundationEssentials
public import Kernel

/// What the database has of a user's authenticator app.
struct SecondFactor: Sendable, Hashable {
    let userId: UUID
    let sealedSecret: [UInt8]
    /// `nil` until the user has shown a code: until then it is asked for nowhere.
    let enabledAt: Timestamp?
    /// The newest step of which a code was taken.
    let lastStep: Int64?
    /// Wrong codes since the last right one.
    let failures: Int64
    let pausedUntil: Timestamp?

    /// Where a secret belongs: another user cannot be given it.
    static func place(of userId: UUID) -> [UInt8] { Array("second_factors".utf8) + userId.bytes }

    /// - Throws: `SealError`.
    func secret(_ keys: SecondFactorKeys) throws(SealError) -> OneTimePasswordSecret {
        OneTimePasswordSecret(bytes: try SealedBox.open(sealedSecret, key: keys.secrets, authenticating: Self.place(of: userId)))
    }

    /// What people see of it.
    var shown: SecondFactorState {
        SecondFactorState(
            userId: userId, status: enabledAt == nil ? .pending : .enabled, enabledAt: enabledAt, failures: failures,
            pausedUntil: pausedUntil)
    }
}

/// Slows down whoever tries codes (RFC 4226, section 7.3): each has three chances in a million.
enum SecondFactorPause {
    /// Wrong codes in a row behind which no other is looked at for a while.
    static let failures: Int64 = 5
    static let first = Duration.seconds(15 * 60)
    static let longest = Duration.seconds(86_400)

    /// `nil` as long as there is no pause; twice as long with each further failure.
    static func behind(_ failures: Int64) -> Duration? {
        let over = failures - Self.failures
        guard over >= 0 else { return nil }
        return over > 10 ? longest : min(longest, first * (1 << Int(over)))
    }
}

/// How it stands with a user's second factor.
public struct SecondFactorState: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case off
        /// The secret was made, and no code of it shown yet.
        case pending
        case enabled
    }

    public let userId: UUID
    public let status: Status
    public let enabledAt: Timestamp?
    /// Wrong codes since the last right one.
    public let failures: Int64
    /// When codes of the app are looked at again.
    public let pausedUntil: Timestamp?

    static func off(_ userId: UUID) -> SecondFactorState {
        SecondFactorState(userId: userId, status: .off, enabledAt: nil, failures: 0, pausedUntil: nil)
    }
}

/// A secret for an authenticator app, which is shown once.
public struct SecondFactorEnrolment: Sendable, Hashable, Codable {
    public let userId: UUID
    public let status: SecondFactorState.Status
    /// Secret, as the app scans it.
    public let otpauthUri: String
    /// The same secret, for who has to type it.
    public let secret: String
}

/// Codes that take the place of the app, each once; shown once.
public struct RecoveryCodes: Sendable, Hashable, Codable {
    public let userId: UUID
    public let status: SecondFactorState.Status
    /// Secret.
    public let recoveryCodes: [String]
}
