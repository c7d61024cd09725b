/// What a process tells its caller when it ends. The numbers are part of the command-line contract; scripts branch on them.
public enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
    case success = 0
    /// An unexpected failure: a defect of saasctl, or something nobody classified.
    case failure = 1
    /// A named object does not exist.
    case notFound = 3
    /// Not authenticated, or not permitted.
    case denied = 4
    /// The object exists already, the version is stale, or an invariant forbids the change.
    case conflict = 5
    /// Needs confirmation, or the profile is read-only or protected.
    case refused = 6
    /// Something is pending or unhealthy.
    case pending = 8
    /// Some rows of a bulk run failed.
    case partial = 9
    /// The command line cannot be understood (`EX_USAGE` of sysexits.h).
    case usage = 64
    /// A database or a peer cannot be reached, or died (`EX_UNAVAILABLE`).
    case unavailable = 69
    /// A lock is held or a limit is hit; the same command may succeed later (`EX_TEMPFAIL`).
    case tryAgain = 75
    /// Configuration is wrong or missing, or a schema is outdated (`EX_CONFIG`).
    case configuration = 78
    /// A deadline passed; the number is that of `timeout(1)`.
    case timedOut = 124
    /// 128 + SIGINT.
    case interrupted = 130
    /// 128 + SIGTERM.
    case terminated = 143
}

/// A stable, machine-readable name of one kind of failure, such as `ORG_NOT_FOUND`, with the exit status it leads to.
///
/// A struct rather than an enum, so that a domain adds codes without touching the kernel.
public struct ErrorCode: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public let exit: ExitStatus

    /// - Parameter name: upper case words joined by underscores; never renamed once released.
    public init(_ name: String, _ exit: ExitStatus) {
        self.name = name
        self.exit = exit
    }

    public var description: String { name }
}

extension ErrorCode {
    public static let unexpected = ErrorCode("UNEXPECTED", .failure)
    /// Standard output takes no more; what the command did before is done.
    public static let outputFailed = ErrorCode("OUTPUT_FAILED", .failure)
    public static let usage = ErrorCode("USAGE", .usage)
    public static let configuration = ErrorCode("CONFIGURATION", .configuration)
    public static let schemaOutdated = ErrorCode("SCHEMA_OUTDATED", .configuration)
    public static let binaryOutdated = ErrorCode("BINARY_OUTDATED", .configuration)
    public static let databaseUnavailable = ErrorCode("DATABASE_UNAVAILABLE", .unavailable)
    public static let databaseBusy = ErrorCode("DATABASE_BUSY", .tryAgain)
    public static let databaseDenied = ErrorCode("DATABASE_PERMISSION", .configuration)
    public static let timedOut = ErrorCode("TIMED_OUT", .timedOut)
    public static let interrupted = ErrorCode("INTERRUPTED", .interrupted)
    public static let terminated = ErrorCode("TERMINATED", .terminated)
    public static let confirmationNeeded = ErrorCode("CONFIRMATION_NEEDED", .refused)
    public static let readOnly = ErrorCode("READ_ONLY", .refused)
    public static let reasonNeeded = ErrorCode("REASON_NEEDED", .refused)
    public static let notPermitted = ErrorCode("NOT_PERMITTED", .denied)
    public static let idempotencyMismatch = ErrorCode("IDEMPOTENCY_KEY_REUSED", .conflict)
    public static let invalidValue = ErrorCode("INVALID_VALUE", .usage)
}

/// The one error shape at the boundary: what went wrong, which kind it is, and what to do about it.
///
/// `message` and `details` are shown to people and end up in logs, so they never carry a secret. What they quote is cut where it is long:
/// whoever throws need not think of that.
public struct Failure: Error, Sendable, CustomStringConvertible {
    public let code: ErrorCode
    /// Lower case, no full stop, values in double quotes.
    public let message: String
    /// A command line or an instruction that leads on; shown behind `try:`.
    public let hint: String?
    /// Further lines, one fact each.
    public let details: [String]

    public init(_ code: ErrorCode, _ message: String, hint: String? = nil, details: [String] = []) {
        self.code = code
        self.message = Excerpt.message(message)
        self.hint = hint.map(Excerpt.message)
        self.details = details.map(Excerpt.message)
    }

    public var description: String { "\(code): \(message)" }
}

/// An error that a domain throws inside itself; the boundary asks it for its `Failure`.
public protocol DomainError: Error {
    var failure: Failure { get }
}
