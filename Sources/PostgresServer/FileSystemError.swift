public import Kernel
public import SystemPackage

/// A file or folder that could not be made, read or removed.
public struct FileSystemError: DomainError, Sendable, Hashable {
    /// What was tried, as it continues "cannot": `create the folder`.
    public let operation: String
    public let path: FilePath
    public let cause: Errno

    package init(_ operation: String, _ path: FilePath, _ cause: Errno) {
        self.operation = operation
        self.path = path
        self.cause = cause
    }

    public var failure: Failure {
        switch cause {
        case .permissionDenied, .notPermitted, .readOnlyFileSystem:
            Failure(.configuration, message, hint: "run as a user who may write there, or choose another folder with SAASCTL_SANDBOX_DIR")
        case .noSpace:
            Failure(.configuration, message, hint: "free some space on that disk")
        default:
            Failure(.unexpected, message)
        }
    }

    private var message: String { "cannot \(operation) \"\(path)\": \(cause.description.lowercasedFirst)" }
}

extension String {
    /// The C library's messages start in upper case; ours don't.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
