public import Kernel
import MigrationFiles

/// What a database has of the migrations that this binary brings, and of others.
public struct SchemaStatus: Sendable, Hashable, Codable {
    /// How one migration stands.
    public enum State: String, Sendable, Codable, CaseIterable {
        /// Recorded, with the checksum that this binary has.
        case applied
        /// Not recorded, and nothing after it is: the next to run.
        case pending
        /// Recorded with another checksum or name: the file was edited after it had run.
        case drifted
        /// Not recorded although a later one of its component is.
        case skipped
        /// Recorded, and this binary does not have it: a newer one was here.
        case unknown
    }

    /// One migration, of this binary, of the database, or of both.
    public struct Entry: Sendable, Hashable, Codable {
        public let component: String
        public let number: Int
        /// `nil` for a number that neither the binary nor the database knows, in a gap between two that are recorded.
        public let name: String?
        public let state: State
        /// In lower-case hexadecimal, as this binary has it; `nil` where it does not have the migration.
        public let checksum: String?
        /// `nil` where the database has not had it.
        public let record: MigrationRecord?

        /// Where its file lies in the source tree, as far as its name is known.
        public var path: String {
            name.map { MigrationFile.path(component: component, number: number, name: $0) } ?? "migrations/\(component): number \(number)"
        }
    }

    public let service: String
    /// The common migrations, then the service's, each by number.
    public let migrations: [Entry]
    /// Components that the database has and that a database of this service never has: the connection leads to another service's.
    public let foreignComponents: [String]
    /// The highest of the versions that the recorded migrations ask for.
    public let requiredBinary: SaasctlVersion?

    public var isNeverMigrated: Bool { migrations.allSatisfy { $0.record == nil } && foreignComponents.isEmpty }
    public var applied: [Entry] { entries(.applied) }
    public var pending: [Entry] { entries(.pending) }
    public var drifted: [Entry] { entries(.drifted) }
    public var skipped: [Entry] { entries(.skipped) }
    public var unknown: [Entry] { entries(.unknown) }

    public func entries(_ state: State) -> [Entry] {
        migrations.filter { $0.state == state }
    }
}

extension SchemaStatus {
    /// Compares what a binary brings with what a database has recorded.
    ///
    /// - Parameter records: every row of `schema_migrations`, in any order; none where the table does not exist.
    public init(service: String, set: MigrationSet, records: [MigrationRecord]) {
        let components = [MigrationSet.common, service]
        self.service = service
        migrations = components.flatMap { component in
            let known = set.migrations.filter { $0.component == component }
            let recorded = records.filter { $0.component == component }
            return Self.compare(
                component, Dictionary(known.map { ($0.number, $0) }, uniquingKeysWith: { $1 }),
                Dictionary(recorded.map { ($0.number, $0) }, uniquingKeysWith: { $1 }))
        }
        foreignComponents = Set(records.map(\.component)).subtracting(components).sorted()
        requiredBinary = records.compactMap(\.requiredBinary).max()
    }

    private static func compare(_ component: String, _ known: [Int: Migration], _ recorded: [Int: MigrationRecord]) -> [Entry] {
        let lastRecorded = recorded.keys.max() ?? 0
        let last = max(known.keys.max() ?? 0, lastRecorded)
        return (0..<last).map { index in
            let number = index + 1
            let migration = known[number]
            let record = recorded[number]
            let checksum = migration.map { $0.checksum.hexadecimal }
            let state =
                switch (migration, record) {
                case (_, nil): number < lastRecorded ? State.skipped : .pending
                case (nil, _): State.unknown
                case (let migration?, let record?): record.checksum == checksum && record.name == migration.name ? State.applied : .drifted
                }
            let name = migration?.name ?? record?.name
            return Entry(component: component, number: number, name: name, state: state, checksum: checksum, record: record)
        }
    }
}
