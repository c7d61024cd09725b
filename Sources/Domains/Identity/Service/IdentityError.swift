public import Kernel

/// What the identity service refuses, and why.
public enum IdentityError: DomainError, Equatable {
    case invalidName(String)
    case passwordTooShort(minimum: Int)
    case passwordTooLong(maximumBytes: Int)
    case passwordHasNul
    case emailTaken(String)
    case userNotFound(String)

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
        }
    }
}
