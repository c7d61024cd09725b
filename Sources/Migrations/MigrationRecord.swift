public import Kernel

/// A row of `schema_migrations`: a migration that the database has had.
public struct MigrationRecord: Sendable, Hashable, Codable {
    public let component: String
    public let number: Int
    public let name: String
    /// SHA-256 of the migration's text, in lower-case hexadecimal.
    public let checksum: String
    public let requiredBinary: SaasctlVersion?
    /// Which version of saasctl applied it.
    public let binaryVersion: SaasctlVersion
    /// `nil` where it was applied from the printed script, by another program.
    public let durationMs: Int?
    public let appliedAt: Timestamp

    public init(
        component: String, number: Int, name: String, checksum: String, requiredBinary: SaasctlVersion?, binaryVersion: SaasctlVersion,
        durationMs: Int?, appliedAt: Timestamp
    ) {
        self.component = component
        self.number = number
        self.name = name
        self.checksum = checksum
        self.requiredBinary = requiredBinary
        self.binaryVersion = binaryVersion
        self.durationMs = durationMs
        self.appliedAt = appliedAt
    }
}
