public import Kernel
public import Postgres

/// One migration that was applied to a database: a row of the answer to ``SchemaCheck/query``.
public struct SchemaMark: Sendable, Hashable {
    public let component: String
    public let number: Int
    /// The least version that may use the schema since then; `nil` where the migration asks for none.
    public let requiredBinary: SaasctlVersion?

    public init(component: String, number: Int, requiredBinary: SaasctlVersion? = nil) {
        self.component = component
        self.number = number
        self.requiredBinary = requiredBinary
    }
}

/// How far a database is.
public struct SchemaLevel: Sendable, Hashable {
    /// The highest number recorded of the common migrations; 0 for none.
    public let common: Int
    /// The same of the service's own.
    public let own: Int
    /// The highest of the versions that the recorded migrations ask for.
    public let requiredBinary: SaasctlVersion?
    /// A component that a database of this service never has.
    public let foreignComponent: String?

    public init(common: Int, own: Int, requiredBinary: SaasctlVersion? = nil, foreignComponent: String? = nil) {
        self.common = common
        self.own = own
        self.requiredBinary = requiredBinary
        self.foreignComponent = foreignComponent
    }

    /// - Parameter marks: of a database that is to be `service`'s.
    public init(of service: String, from marks: [SchemaMark]) {
        func highest(_ component: String) -> Int { marks.lazy.filter { $0.component == component }.map(\.number).max() ?? 0 }
        self.init(
            common: highest(MigrationSet.common), own: highest(service), requiredBinary: marks.compactMap(\.requiredBinary).max(),
            foreignComponent: marks.lazy.map(\.component).filter { $0 != MigrationSet.common && $0 != service }.min())
    }
}

/// The question that a command asks a database before it trusts its schema: a few dozen short rows.
///
/// Checksums are not compared; `db verify` does.
public struct SchemaCheck: Sendable {
    public let service: String
    private let version: SaasctlVersion
    private let needed: SchemaLevel

    public init(service: String, set: MigrationSet = .embedded, version: SaasctlVersion = .current) {
        self.service = service
        self.version = version
        needed = SchemaLevel(common: set.highestNumber(of: MigrationSet.common), own: set.highestNumber(of: service))
    }

    /// May share a pipeline with other statements, best as the first of it.
    public var query: Query<SchemaMark> { MigrationQueries.marks() }

    /// The same as ``failure(for:)`` for all rows of ``query``.
    public func failure(for marks: [SchemaMark]) -> Failure? {
        failure(for: SchemaLevel(of: service, from: marks))
    }

    /// - Returns: `nil` where the command may go on; `SCHEMA_OUTDATED`, `BINARY_OUTDATED` or `CONFIGURATION` (another service's database)
    ///   where not. A database that is ahead is no obstacle unless it asks for a newer binary.
    public func failure(for level: SchemaLevel) -> Failure? {
        if let component = level.foreignComponent { return SchemaFailure.foreign(service: service, component: component) }
        if let required = level.requiredBinary, required > version {
            return SchemaFailure.binaryOutdated(service: service, required: required, version: version)
        }
        guard level.common < needed.common || level.own < needed.own else { return nil }
        if level.common == 0, level.own == 0 { return neverMigrated }
        let behind = [(MigrationSet.common, level.common, needed.common), (service, level.own, needed.own)].filter { $0.1 < $0.2 }
        return Failure(
            .schemaOutdated, "the schema of \"\(service)\" is older than this saasctl needs",
            hint: "saasctl db migrate --service \(service)",
            details: behind.map { "\($0.0): at \($0.1), needed \($0.2)" })
    }

    /// - Parameter error: from a call that ran ``query``, alone or in a pipeline.
    /// - Returns: the failure where the error means that `schema_migrations` does not exist: the database was never migrated. `nil` for
    ///   every other error, a missing table of another statement of the pipeline included; see ``mayComeFromSchema(_:)``.
    public func failure(for error: PostgresError) -> Failure? {
        error.sqlState == .undefinedTable && error.statement == query.sql.text ? neverMigrated : nil
    }

    /// Whether an outdated schema can be what is behind an error (a table, a column, a function, an enum's value is missing). Ask ``query``
    /// alone then: its failure, if there is one, is the better message.
    public static func mayComeFromSchema(_ error: PostgresError) -> Bool {
        guard let state = error.sqlState else { return false }
        return state == .invalidTextRepresentation || (state.class2 == "42" && state != .insufficientPrivilege)
    }

    private var neverMigrated: Failure {
        Failure(.schemaOutdated, "the database of \"\(service)\" was never migrated", hint: "saasctl db migrate")
    }
}

/// Failures that the check and the runner share.
enum SchemaFailure {
    static func foreign(service: String, component: String) -> Failure {
        Failure(
            .configuration, "the connection of \"\(service)\" leads to the database of \"\(component)\"",
            hint: "correct the connection strings of the profile")
    }

    static func binaryOutdated(service: String, required: SaasctlVersion, version: SaasctlVersion) -> Failure {
        Failure(
            .binaryOutdated, "the database of \"\(service)\" needs saasctl \(required) or newer, and this is \(version)",
            hint: "upgrade saasctl")
    }
}
