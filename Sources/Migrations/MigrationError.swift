public import Kernel
public import MigrationFiles

extension ErrorCode {
    /// A migration's own statement failed.
    public static let migrationFailed = ErrorCode("MIGRATION_FAILED", .failure)
    /// Somebody else migrates the same database.
    public static let migrationLocked = ErrorCode("MIGRATION_LOCKED", .tryAgain)
    /// What a database has recorded contradicts what this binary has.
    public static let schemaDrifted = ErrorCode("SCHEMA_DRIFTED", .conflict)
}

/// Why a database cannot be migrated.
public enum MigrationError: DomainError {
    /// Migrations that have run, and whose files have changed since.
    case drifted(service: String, paths: [String])
    /// Migrations that have not run although later ones have.
    case skipped(service: String, paths: [String])
    /// The connection leads to the database of other services.
    case foreign(service: String, components: [String])
    case binaryOutdated(service: String, required: SaasctlVersion, version: SaasctlVersion)
    /// The database has migrations that this binary lacks, and lacks others that it has.
    case diverged(service: String, unknown: [String])
    /// The wait for the lock took longer than it may.
    case locked(service: String, holder: String?)
    case failed(MigrationFailure)
    /// A `no-transaction` migration ran, and indexes are unfinished: this attempt's, or an earlier one's that `if not exists` passed over.
    case invalidIndexes(path: String, names: [String])
    case malformed(MigrationFileError)
    /// `schema_migrations` holds a version that is none.
    case recordedVersion(String)

    public var failure: Failure {
        switch self {
        case .drifted(let service, let paths):
            Failure(
                .schemaDrifted, "migrations of \"\(service)\" have changed since they ran",
                hint: "put the files back as they were, and make the change in a new migration", details: paths)
        case .skipped(let service, let paths):
            Failure(
                .schemaDrifted, "migrations of \"\(service)\" are missing below others that have run",
                hint: "saasctl db verify --service \(service)", details: paths)
        case .foreign(let service, let components):
            SchemaFailure.foreign(service: service, component: components.joined(separator: "\", \""))
        case .binaryOutdated(let service, let required, let version):
            SchemaFailure.binaryOutdated(service: service, required: required, version: version)
        case .diverged(let service, let unknown):
            Failure(
                .binaryOutdated, "the database of \"\(service)\" has migrations that this saasctl does not know", hint: "upgrade saasctl",
                details: unknown)
        case .locked(let service, let holder):
            Failure(
                .migrationLocked, "the database of \"\(service)\" is being migrated by \(holder ?? "somebody else")", hint: "try again")
        case .failed(let failed):
            failed.failure
        case .invalidIndexes(let path, let names):
            Failure(
                .migrationFailed, "\(path) left indexes unfinished: \(names.map { "\"\($0)\"" }.joined(separator: ", "))",
                hint: "drop them (drop index concurrently), then migrate again")
        case .malformed(let error):
            Failure(.migrationFailed, "\(error.path):\(error.line): \(error.problem.message)")
        case .recordedVersion(let text):
            Failure(.schemaDrifted, "schema_migrations holds \"\(text)\" where a version belongs")
        }
    }
}
