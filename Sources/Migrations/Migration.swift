import Cryptography
public import Kernel
import MigrationFiles

/// One step of a database's schema: the text of `migrations/<component>/NNNN_what.sql` and what its name and header say.
public struct Migration: Sendable, Hashable {
    /// `common`, which every database gets first, or a service.
    public let component: String
    /// From 1, without gaps within the component.
    public let number: Int
    public let name: String
    /// The least version that may use a database which has this migration; `nil` where every version may.
    public let requiredBinary: SaasctlVersion?
    /// `false` for a single statement that PostgreSQL refuses inside a transaction.
    public let runsInTransaction: Bool
    /// The bytes of the file, unchanged.
    public let sql: String

    init(component: String, number: Int, name: String, requiredBinary: SaasctlVersion?, runsInTransaction: Bool, sql: String) {
        self.component = component
        self.number = number
        self.name = name
        self.requiredBinary = requiredBinary
        self.runsInTransaction = runsInTransaction
        self.sql = sql
    }

    init(_ file: MigrationFile) {
        self.init(
            component: file.component, number: file.number, name: file.name,
            requiredBinary: file.header.requiredBinary.map { SaasctlVersion($0[0], $0[1], $0[2]) },
            runsInTransaction: file.header.runsInTransaction, sql: file.text)
    }

    /// SHA-256 of ``sql``; computed at each call.
    public var checksum: [UInt8] {
        SHA256.hash(Array(sql.utf8))
    }

    /// Where its file lies in the source tree: what messages name.
    public var path: String {
        MigrationFile.path(component: component, number: number, name: name)
    }
}
