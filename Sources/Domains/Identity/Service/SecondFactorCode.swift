import Cryptography
import FoundationEssentials
public import IdentityEvents
import Kernel

/// What somebody shows besides the password: six digits of an authenticator app, or one of the codes that were written down. Never printed.
public struct SecondFactorCode: Sendable, Hashable, CustomStringConvertible {
    enum Form: Sendable, Hashable {
        case oneTime(String)
        case recovery(RecoveryCode)
    }

    let form: Form

    /// Anything that is not six digits is taken for a recovery code; blanks and hyphens between the characters do not count.
    public init(_ text: String) {
        let bare = text.filter { !$0.isWhitespace && $0 != "-" }
        let isOneTime = bare.utf8.count == OneTimePasswordSecret.digits && bare.utf8.allSatisfy { (0x30...0x39).contains($0) }
        form = isOneTime ? .oneTime(bare) : .recovery(RecoveryCode(letters: bare.uppercased()))
    }

    public var description: String { "(redacted)" }

    /// What it proves, if it is right.
    public var factor: LoginFactor {
        switch form {
        case .oneTime: .totp
        case .recovery: .recovery
        }
    }

    /// Tells two codes apart where they are compared under a secret key. Guessable, so never stored or shown as it is.
    public var fingerprint: String {
        switch form {
        case .oneTime(let digits): SHA256.hash(Array(digits.utf8)).hexadecimal
        case .recovery(let code): SHA256.hash(Array(code.letters.utf8)).hexadecimal
        }
    }
}

/// What takes the place of an authenticator app that is lost, once: 80 random bits, which nobody guesses. Never printed by accident.
struct RecoveryCode: Sendable, Hashable, CustomStringConvertible {
    /// How many a user gets.
    static let count = 10
    private static let bytes = 10

    /// Sixteen of base32.
    let letters: String

    static func random() -> RecoveryCode {
        RecoveryCode(letters: Base32.encode(SecureRandom.bytes(bytes)))
    }

    init(letters: String) {
        self.letters = letters
    }

    var description: String { "(redacted)" }

    /// For people: in four groups.
    var text: String {
        var rest = letters[...]
        var groups: [Substring] = []
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: "-")
    }

    /// What a database keeps of it: with the key of another profile, and for another user, it is another one.
    func hash(for userId: UUID, key: [UInt8]) -> [UInt8] {
        HMAC.sha256(userId.bytes + Array(letters.utf8), key: key)
    }
}

/// The keys of a profile that second factors need.
public struct SecondFactorKeys: Sendable {
    let secrets: [UInt8]
    let recoveryCodes: [UInt8]

    /// - Parameter derive: gives the key for a purpose.
    public init(_ derive: (String) throws -> [UInt8]) rethrows {
        secrets = try derive("mfa-secret")
        recoveryCodes = try derive("mfa-recovery-code")
    }
}
