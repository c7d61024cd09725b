public import Kernel

/// What is particular to the sandbox; the rest are errors of the server, the configuration and the database.
public enum SandboxError: DomainError, Sendable, Hashable {
    /// Neither `HOME` nor another variable says where the sandbox belongs.
    case noHome
    case relativeFolder(String)
    /// Another command starts, stops or destroys it right now.
    case busy(folder: String)
    /// The clock would leave the years that times can be written in.
    case clockOutOfRange

    public var failure: Failure {
        switch self {
        case .noHome:
            Failure(.configuration, "there is no folder for the sandbox: HOME is not set", hint: "name one with SAASCTL_SANDBOX_DIR")
        case .relativeFolder(let folder):
            Failure(.configuration, "SAASCTL_SANDBOX_DIR is \"\(folder)\", which is not a whole path", hint: "start it with /")
        case .busy(let folder):
            Failure(
                ErrorCode("SANDBOX_BUSY", .tryAgain), "another command is at work on the sandbox in \"\(folder)\"",
                hint: "try again when it has ended")
        case .clockOutOfRange:
            Failure(.invalidValue, "the sandbox's clock goes from 1970 to 9999", hint: "saasctl sandbox clock reset")
        }
    }
}
