public import Kernel
public import Postgres

/// Brings the database of one service to the schema of this binary, and says how far it is.
///
/// The connection is to log in as the role that is to own the tables. What one call needs of it (a session lock, settings) the call sets
/// and puts back; give the runner a connection that nothing else uses meanwhile.
public struct MigrationRunner: Sendable {
    /// How long a run may wait for others.
    public struct Patience: Sendable, Hashable {
        /// For another run on the same database to end.
        public var forRuns: Duration
        /// For each lock that a statement takes: while it waits, every later user of that table waits behind it. Does not hold for
        /// `no-transaction` migrations, which wait for old transactions by design and block nobody.
        public var forTables: Duration

        public init(forRuns: Duration = .seconds(60), forTables: Duration = .seconds(10)) {
            self.forRuns = forRuns
            self.forTables = forTables
        }
    }

    public let service: String
    public let set: MigrationSet
    public let version: SaasctlVersion
    public let patience: Patience
    private let clock: any WallClock

    /// - Parameter clock: gives the time that is recorded.
    public init(
        service: String, set: MigrationSet = .embedded, version: SaasctlVersion = .current, clock: any WallClock = SystemClock(),
        patience: Patience = Patience()
    ) {
        self.service = service
        self.set = set
        self.version = version
        self.clock = clock
        self.patience = patience
    }

    /// Changes nothing and takes no lock. A database without `schema_migrations` has had no migration.
    ///
    /// - Throws: `PostgresError`; ``MigrationError/recordedVersion(_:)``.
    public func status(_ connection: Connection) async throws -> SchemaStatus {
        let records = try await connection.transaction(TransactionOptions(isolation: .repeatableRead, readOnly: true)) { session in
            try session.one(MigrationQueries.tableExists()) ? session.all(MigrationQueries.records()) : []
        }
        return SchemaStatus(service: service, set: set, records: records)
    }

    /// Compares every recorded migration with this binary's, and looks for indexes that were never finished. Changes nothing.
    ///
    /// - Throws: as ``status(_:)``. What is wrong with the schema is a finding, not an error.
    public func verify(_ connection: Connection) async throws -> SchemaVerification {
        let status = try await status(connection)
        let invalid = try await connection.session { try $0.all(MigrationQueries.invalidIndexes()) }
        return SchemaVerification(status, invalidIndexes: invalid)
    }

    /// What ``migrate(_:dryRun:onApplied:)`` would run now. Changes nothing and takes no lock.
    ///
    /// - Throws: as ``status(_:)``, and the ``MigrationError`` with which `migrate` would refuse.
    public func plan(_ connection: Connection) async throws -> MigrationPlan {
        let status = try await status(connection)
        return MigrationPlan(service: service, version: version, migrations: try pending(status))
    }

    /// The text of what ``migrate(_:dryRun:onApplied:)`` would run now, for `psql`: see ``MigrationPlan/script``.
    ///
    /// - Throws: as ``plan(_:)``.
    public func sql(_ connection: Connection) async throws -> String {
        try await plan(connection).script
    }

    /// Runs what is pending, one after the other, each in its own transaction with the row that records it.
    ///
    /// Two runs on one database cannot meet: the second waits, and then finds nothing to do. When a migration fails, those before it stay;
    /// it leaves nothing behind unless it is marked `no-transaction`. A cancelled task ends in the same way.
    ///
    /// - Parameter dryRun: reports what ``plan(_:)`` gives, changes nothing and takes no lock.
    /// - Parameter onApplied: called after the commit of each migration.
    /// - Throws: ``MigrationError``; `PostgresError` where the connection, not a migration, is at fault.
    @discardableResult
    public func migrate(
        _ connection: Connection, dryRun: Bool = false, onApplied: @Sendable (MigrationStep) -> Void = { _ in }
    ) async throws -> MigrationReport {
        if dryRun {
            let plan = try await plan(connection)
            return MigrationReport(service: service, dryRun: true, steps: plan.migrations.map { MigrationStep($0) })
        }
        let lock = MigrationLock(service: service, patience: patience.forRuns)
        return try await lock.hold(on: connection) {
            try await MigrationSettings(patience: patience).apply(to: connection) {
                let steps = try await runPending(on: connection, onApplied)
                return MigrationReport(service: service, dryRun: false, steps: steps)
            }
        }
    }

    private func runPending(on connection: Connection, _ onApplied: @Sendable (MigrationStep) -> Void) async throws -> [MigrationStep] {
        try await connection.transaction { try $0.script(MigrationQueries.prepare) }
        var steps: [MigrationStep] = []
        for migration in try pending(await status(connection)) {
            let run = MigrationRun(migration, service: service, version: version, clock: clock, appliedBefore: steps.count)
            let step = MigrationStep(migration, durationMs: try await run.perform(on: connection))
            steps.append(step)
            onApplied(step)
        }
        return steps
    }

    private func pending(_ status: SchemaStatus) throws(MigrationError) -> [Migration] {
        if let obstacle = status.obstacle(to: version) { throw obstacle }
        let wanted = Set(status.pending.map { "\($0.component)/\($0.number)" })
        return set.migrations(for: service).filter { wanted.contains("\($0.component)/\($0.number)") }
    }
}

extension SchemaStatus {
    /// Why no migration may run here; `nil` where they may.
    ///
    /// A database that is merely ahead is none: newer migrations are made so that older binaries can go on.
    func obstacle(to version: SaasctlVersion) -> MigrationError? {
        if !foreignComponents.isEmpty { return .foreign(service: service, components: foreignComponents) }
        if !drifted.isEmpty { return .drifted(service: service, paths: drifted.map(\.path)) }
        if let requiredBinary, requiredBinary > version {
            return .binaryOutdated(service: service, required: requiredBinary, version: version)
        }
        if !skipped.isEmpty { return .skipped(service: service, paths: skipped.map(\.path)) }
        if !unknown.isEmpty, !pending.isEmpty { return .diverged(service: service, unknown: unknown.map(\.path)) }
        return nil
    }
}
