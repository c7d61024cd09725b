/// What went wrong between this program and a database.
///
/// `description` is safe to show and to log: it carries no parameter, no row and nothing that the server quoted from one.
/// `debugDescription` has everything and belongs on a developer's terminal only.
public struct PostgresError: Error, Sendable {
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case connectionFailed, connectionLost, server, cancelled, deadlineExceeded, decoding, encoding, unexpectedRowCount, closed,
                misuse
            case configuration
        }

        private let value: Value

        public var description: String { value.rawValue }

        /// The connection string cannot be understood.
        public static let configuration = Kind(value: .configuration)
        /// No connection came about; ``PostgresError/sqlState`` is there where the server was reached and refused.
        public static let connectionFailed = Kind(value: .connectionFailed)
        /// The connection broke. See ``PostgresError/commitOutcomeUnknown``.
        public static let connectionLost = Kind(value: .connectionLost)
        /// The server reported an error; the connection lives on.
        public static let server = Kind(value: .server)
        /// The task was cancelled, or the query was by `cancelCurrentQuery()`.
        public static let cancelled = Kind(value: .cancelled)
        /// The deadline of the call passed.
        public static let deadlineExceeded = Kind(value: .deadlineExceeded)
        /// A value does not fit the type it is read as.
        public static let decoding = Kind(value: .decoding)
        /// A parameter holds what PostgreSQL cannot take, such as a NUL character in text.
        public static let encoding = Kind(value: .encoding)
        /// `one` found no row or several.
        public static let unexpectedRowCount = Kind(value: .unexpectedRowCount)
        /// The connection was closed here before the call.
        public static let closed = Kind(value: .closed)
        /// The calls of the program contradict each other, such as a query while a stream is open.
        public static let misuse = Kind(value: .misuse)
    }

    /// Every field but the two that `throws` sites branch on most; boxed, so that the error is small to pass.
    private final class Report: Sendable {
        let message: String
        let detail: String?
        let hint: String?
        let constraint: String?
        let table: String?
        let column: String?
        let database: String?
        let statement: String?
        let location: CallSite

        init(
            message: String, detail: String?, hint: String?, constraint: String?, table: String?, column: String?, database: String?,
            statement: String?, location: CallSite
        ) {
            self.message = message
            self.detail = detail
            self.hint = hint
            self.constraint = constraint
            self.table = table
            self.column = column
            self.database = database
            self.statement = statement
            self.location = location
        }
    }

    public let kind: Kind
    public let sqlState: SQLState?
    /// The connection broke while a COMMIT was under way: whether the change was made can only be found out by looking.
    public let commitOutcomeUnknown: Bool
    private let report: Report

    init(
        _ kind: Kind, _ message: String, sqlState: SQLState? = nil, detail: String? = nil, hint: String? = nil, constraint: String? = nil,
        table: String? = nil, column: String? = nil, database: String? = nil, statement: String? = nil,
        commitOutcomeUnknown: Bool = false, location: CallSite
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.commitOutcomeUnknown = commitOutcomeUnknown
        report = Report(
            message: message, detail: detail, hint: hint, constraint: constraint, table: table, column: column, database: database,
            statement: statement, location: location)
    }

    /// As the server or libpq wrote it; may quote a value, so show ``description`` instead.
    public var message: String { report.message }
    /// May hold a whole row.
    public var detail: String? { report.detail }
    public var hint: String? { report.hint }
    /// The name of the constraint that a change violated; domains decide on it.
    public var constraint: String? { report.constraint }
    public var table: String? { report.table }
    public var column: String? { report.column }
    /// The database of the connection.
    public var database: String? { report.database }
    /// The text that was sent, with placeholders instead of values.
    public var statement: String? { report.statement }
    /// Where in the program the call was made.
    public var file: String { report.location.file.description }
    public var line: UInt { report.location.line }
    var location: CallSite { report.location }
}

extension PostgresError {
    /// The same error, as one that left a COMMIT without an answer.
    var duringCommit: PostgresError {
        PostgresError(
            .connectionLost, message, sqlState: sqlState, detail: detail, hint: hint, database: database, statement: statement,
            commitOutcomeUnknown: true, location: location)
    }
}

/// Where in the program a call was made.
struct CallSite: Sendable {
    let file: StaticString
    let line: UInt
}
