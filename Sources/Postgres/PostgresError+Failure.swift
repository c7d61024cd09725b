public import Kernel

extension PostgresError: DomainError {
    /// What a user is told where no domain knows better.
    public var failure: Failure {
        let name = database.map { "database \"\($0)\"" } ?? "the database"
        if commitOutcomeUnknown {
            return Failure(
                .databaseUnavailable, "\(name) went away while committing; whether the change was made is not known",
                hint: "look whether it was made before you repeat the command")
        }
        switch kind {
        case .connectionLost: return Failure(.databaseUnavailable, "\(name) went away in mid-command: \(description)")
        case .cancelled: return Failure(.interrupted, "interrupted")
        case .deadlineExceeded: return Failure(.timedOut, "\(name) did not answer in time")
        case .configuration: return Failure(.configuration, description)
        case .encoding: return Failure(.invalidValue, description)
        case .connectionFailed where sqlState == nil: return Failure(.databaseUnavailable, "\(name) cannot be reached: \(description)")
        default: break
        }
        guard let sqlState else { return Failure(.unexpected, description) }
        return sqlState.failure(of: self, name: name)
    }
}

extension SQLState {
    fileprivate func failure(of error: PostgresError, name: String) -> Failure {
        switch self {
        case .lockNotAvailable, .serializationFailure, .deadlockDetected:
            Failure(.databaseBusy, "\(name) is busy: \(error)", hint: "try again")
        case .queryCanceled:
            Failure(.timedOut, "\(name) did not finish in time: \(error)")
        case .insufficientPrivilege, .invalidPassword, .invalidAuthorization:
            Failure(.databaseDenied, "\(name) refuses access: \(error)")
        case .undefinedDatabase:
            // The server's words are the same; what they add is which server that is.
            Failure(.configuration, "\(name) does not exist", details: [error.description])
        case .objectNotInPrerequisiteState where error.kind == .connectionFailed:
            Failure(
                // The server's words name the database.
                .databaseUnavailable, error.description,
                hint: "somebody keeps it from taking connections (alter database ... allow_connections false); try again later")
        case .protocolViolation:
            Failure(.unexpected, error.description)
        default:
            // A server that refuses a connection for another reason may take it later.
            if ["08", "53"].contains(class2) || code.hasPrefix("57P0") || error.kind == .connectionFailed {
                Failure(.databaseUnavailable, "\(name) cannot be used: \(error)")
            } else {
                Failure(.unexpected, error.description)
            }
        }
    }
}
