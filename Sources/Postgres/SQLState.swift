/// The five characters by which PostgreSQL classifies what happened (manual, appendix A).
public struct SQLState: Sendable, Hashable, CustomStringConvertible {
    public let code: String

    public init(_ code: String) {
        self.code = code
    }

    /// The class: the first two characters.
    public var class2: String { String(code.prefix(2)) }

    public var description: String { code }
}

extension SQLState {
    /// The program sent what the protocol, or a type's binary format, does not allow.
    public static let protocolViolation = SQLState("08P01")
    public static let featureNotSupported = SQLState("0A000")
    public static let stringDataRightTruncation = SQLState("22001")
    public static let numericValueOutOfRange = SQLState("22003")
    public static let invalidTextRepresentation = SQLState("22P02")
    public static let restrictViolation = SQLState("23001")
    public static let notNullViolation = SQLState("23502")
    public static let foreignKeyViolation = SQLState("23503")
    public static let uniqueViolation = SQLState("23505")
    public static let checkViolation = SQLState("23514")
    public static let exclusionViolation = SQLState("23P01")
    public static let readOnlyTransaction = SQLState("25006")
    public static let inFailedTransaction = SQLState("25P02")
    public static let idleInTransactionTimeout = SQLState("25P03")
    public static let invalidAuthorization = SQLState("28000")
    public static let invalidPassword = SQLState("28P01")
    public static let undefinedDatabase = SQLState("3D000")
    public static let undefinedSchema = SQLState("3F000")
    public static let invalidStatementName = SQLState("26000")
    public static let serializationFailure = SQLState("40001")
    public static let deadlockDetected = SQLState("40P01")
    public static let insufficientPrivilege = SQLState("42501")
    public static let syntaxError = SQLState("42601")
    public static let undefinedColumn = SQLState("42703")
    public static let undefinedObject = SQLState("42704")
    public static let undefinedFunction = SQLState("42883")
    public static let undefinedTable = SQLState("42P01")
    public static let duplicateTable = SQLState("42P07")
    public static let diskFull = SQLState("53100")
    public static let tooManyConnections = SQLState("53300")
    public static let objectNotInPrerequisiteState = SQLState("55000")
    public static let lockNotAvailable = SQLState("55P03")
    public static let queryCanceled = SQLState("57014")
    public static let adminShutdown = SQLState("57P01")
    public static let crashShutdown = SQLState("57P02")
    public static let cannotConnectNow = SQLState("57P03")
    public static let raisedException = SQLState("P0001")
}
