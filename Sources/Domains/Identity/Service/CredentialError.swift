public import Kernel

/// What the identity service refuses about passwords and second factors, and why. Nothing in it is secret.
public enum CredentialError: DomainError, Equatable {
    case passwordCommon
    case passwordResemblesEmail

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
        }
    }
}
