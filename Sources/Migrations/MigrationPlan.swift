public import Kernel
import MigrationFiles

/// The migrations that a run would apply, in their order.
public struct MigrationPlan: Sendable, Hashable {
    public let service: String
    public let version: SaasctlVersion
    public let migrations: [Migration]

    /// A script for `psql` that does what a run does, the records in `schema_migrations` and the lock included; empty where there is
    /// nothing to do. The text of every migration stands in it unchanged.
    ///
    /// It records no duration, and takes the time of application from the server.
    public var script: String {
        guard !migrations.isEmpty else { return "" }
        return """
            -- saasctl \(version): the migrations that the database of "\(service)" lacks
            \\set ON_ERROR_STOP on
            set search_path = public;
            select pg_advisory_lock(\(MigrationLock.key));
            \(MigrationQueries.prepare);

            \(migrations.map(section).joined(separator: "\n"))
            select pg_advisory_unlock(\(MigrationLock.key));

            """
    }

    /// The semicolon on a line of its own ends a last statement that has none, even behind a comment.
    private func section(_ migration: Migration) -> String {
        let begin = migration.runsInTransaction ? "begin;\n" : ""
        let end = migration.runsInTransaction ? "commit;\n" : ""
        let required = migration.requiredBinary.map { "'\($0)'" } ?? "null"
        return """
            -- \(migration.path)
            \(begin)\(migration.sql)
            ;
            insert into public.schema_migrations (component, number, name, checksum, required_binary, binary_version, applied_at)
            values (
                '\(migration.component)', \(migration.number), '\(migration.name)', '\\x\(migration.checksum.hexadecimal)',
                \(required), '\(version)', clock_timestamp());
            \(end)
            """
    }
}

/// A migration that ran, or would.
public struct MigrationStep: Sendable, Hashable, Codable {
    public let component: String
    public let number: Int
    public let name: String
    /// Where its file lies in the source tree.
    public let path: String
    /// In lower-case hexadecimal.
    public let checksum: String
    /// `nil` in a dry run.
    public let durationMs: Int?

    init(_ migration: Migration, durationMs: Int? = nil) {
        component = migration.component
        number = migration.number
        name = migration.name
        path = migration.path
        checksum = migration.checksum.hexadecimal
        self.durationMs = durationMs
    }
}

/// What a run did, or would.
public struct MigrationReport: Sendable, Hashable, Codable {
    public let service: String
    public let dryRun: Bool
    /// In the order in which they ran; empty where there was nothing to do.
    public let steps: [MigrationStep]
}
