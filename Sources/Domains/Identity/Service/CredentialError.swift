public import Kernel

/// What the identity service refuses about passwords and second factors, and why. Nothing in it is secret.
public enum CredentialError: DomainError, Equatable {
    case passwordCommon
    case passwordResemblesEmail
    case resetLifetimeTooLong
    /// A token for nothing and a forged one are the same to the bearer.
    case resetUnknown
    case resetUsed
    case resetSuperseded
    case resetExpired
    case mfaRequired
    case mfaCodeWrong
    case mfaCodeUsed
    case mfaPaused(until: Timestamp)
    case mfaEnabled(String)
    case mfaNotEnrolled(String)
    case mfaOff(String)
    /// It was turned on or off while somebody logged in.
    case mfaChanged

    public var failure: Failure {
        switch self {
        case .passwordCommon:
            Failure(
                ErrorCode("PASSWORD_COMMON", .usage), "the password is one of those that are used most, which are tried first",
                hint: "take several words that have nothing to do with each other")
        case .passwordResemblesEmail:
            Failure(
                ErrorCode("PASSWORD_RESEMBLES_EMAIL", .usage), "the password resembles the user's e-mail address",
                hint: "take several words that have nothing to do with the address")
        case .resetLifetimeTooLong: Failure(ErrorCode("EXPIRY_INVALID", .usage), "a reset can be used for 24 hours at most")
        case .resetUnknown: Failure(ErrorCode("RESET_NOT_FOUND", .notFound), "the token is for no password reset", hint: Self.requestAgain)
        case .resetUsed: Failure(ErrorCode("RESET_USED", .conflict), "the token was used already", hint: Self.requestAgain)
        case .resetSuperseded:
            Failure(
                ErrorCode("RESET_SUPERSEDED", .conflict), "the token is void: there was a newer request, or the password was changed",
                hint: Self.requestAgain)
        case .resetExpired: Failure(ErrorCode("RESET_EXPIRED", .conflict), "the token has expired", hint: Self.requestAgain)
        case .mfaRequired:
            Failure(
                ErrorCode("MFA_REQUIRED", .denied), "a code of the authenticator app, or a recovery code, is needed besides",
                hint: "add --code-file FILE")
        case .mfaCodeWrong: Failure(ErrorCode("MFA_CODE_WRONG", .denied), "the code is wrong")
        case .mfaCodeUsed:
            Failure(ErrorCode("MFA_CODE_USED", .denied), "the code was used already", hint: "wait for the next one, 30 seconds at most")
        case .mfaPaused(let end):
            Failure(ErrorCode("MFA_PAUSED", .tryAgain), "too many wrong codes", hint: "again at \(end), or with a recovery code")
        case .mfaEnabled(let user):
            Failure(
                ErrorCode("MFA_ENABLED", .conflict), "user \"\(user)\" has a second factor already",
                hint: "saasctl identity mfa disable \(user)")
        case .mfaNotEnrolled(let user):
            Failure(
                ErrorCode("MFA_NOT_ENROLLED", .conflict), "user \"\(user)\" has no second factor to verify",
                hint: "saasctl identity mfa enroll \(user)")
        case .mfaChanged:
            Failure(ErrorCode("MFA_CHANGED", .tryAgain), "the second factor was turned on or off meanwhile", hint: "log in again")
        case .mfaOff(let user):
            Failure(
                ErrorCode("MFA_OFF", .conflict), "user \"\(user)\" has no second factor", hint: "saasctl identity mfa enroll \(user)")
        }
    }

    private static let requestAgain = "saasctl identity password request EMAIL"
}
