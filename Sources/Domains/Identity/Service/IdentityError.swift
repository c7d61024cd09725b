public import Kernel

/// What the identity service refuses, and why.
public enum IdentityError: DomainError, Equatable {
    case invalidName(String)
    case passwordTooShort(minimum: Int)
    case passwordTooLong(maximumBytes: Int)
    case passwordHasNul
    case emailTaken(String)
    case userNotFound(String)
    /// No such user, no password set, or another one: who is told does not learn which.
    case credentialsWrong
    case userDisabled(String)
    case tooManyAttempts(until: Timestamp)
    case sessionNotFound(String)
    case sessionEnded
    /// A token for nothing, a forged one and none at all are the same to the bearer.
    case refreshTokenUnknown
    case refreshTokenExpired
    case refreshTokenReused
    case noSigningKey
    case accessTokenRefused(AccessTokenFault)

    public var failure: Failure {
        switch self {
        case .invalidName(let text):
            Failure(ErrorCode("NAME_INVALID", .usage), "\"\(text)\" is not a name: 1 to 200 printable characters on one line")
        case .passwordTooShort(let minimum):
            Failure(ErrorCode("PASSWORD_TOO_SHORT", .usage), "the password is too short: at least \(minimum) characters")
        case .passwordTooLong(let maximum):
            Failure(
                ErrorCode("PASSWORD_TOO_LONG", .usage), "the password is too long: bcrypt reads \(maximum) bytes and would ignore the rest")
        case .passwordHasNul:
            Failure(ErrorCode("PASSWORD_INVALID", .usage), "the password contains a NUL byte")
        case .emailTaken(let email):
            Failure(
                ErrorCode("EMAIL_TAKEN", .conflict), "a user with the e-mail \"\(email)\" exists already",
                hint: "saasctl identity user get \(email)")
        case .userNotFound(let name):
            Failure(ErrorCode("USER_NOT_FOUND", .notFound), "user \"\(name)\" does not exist", hint: "saasctl identity user list")
        case .credentialsWrong: Failure(ErrorCode("CREDENTIALS_WRONG", .denied), "the user or the password is wrong")
        case .userDisabled(let user):
            Failure(
                ErrorCode("USER_DISABLED", .denied), "user \"\(user)\" is disabled", hint: "saasctl identity user enable \(user)")
        case .tooManyAttempts(let until):
            Failure(ErrorCode("TOO_MANY_ATTEMPTS", .tryAgain), "too many attempts in vain", hint: "again at \(until)")
        case .sessionNotFound(let id):
            Failure(ErrorCode("SESSION_NOT_FOUND", .notFound), "session \"\(id)\" does not exist")
        case .sessionEnded: Failure(ErrorCode("SESSION_ENDED", .denied), "the session has ended", hint: Self.loginAgain)
        case .refreshTokenUnknown:
            Failure(ErrorCode("REFRESH_TOKEN_INVALID", .denied), "the refresh token is not valid", hint: Self.loginAgain)
        case .refreshTokenExpired:
            Failure(ErrorCode("REFRESH_TOKEN_EXPIRED", .denied), "the refresh token has expired", hint: Self.loginAgain)
        case .refreshTokenReused:
            Failure(
                ErrorCode("REFRESH_TOKEN_REUSED", .denied), "the refresh token was used before; its session has been revoked",
                hint: Self.loginAgain)
        case .noSigningKey:
            Failure(ErrorCode("NO_SIGNING_KEY", .configuration), "there is no key to sign tokens with", hint: "saasctl identity key rotate")
        case .accessTokenRefused(let fault): Failure(ErrorCode(fault.code, .denied), fault.text)
        }
    }

    private static let loginAgain = "saasctl identity session login"
}
