public import CommandKit
import FoundationEssentials
public import Identity
import Kernel

extension SigningKey: Listable {
    public static let resourceKind = "SigningKey"

    public static var columns: [Column<SigningKey>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("algorithm") { $0.algorithm }, Column("status") { $0.status.rawValue },
            Column("created at") { $0.createdAt }, Column("retired at") { $0.retiredAt }, Column("expires at") { $0.expiresAt },
        ]
    }

    public static var fields: [Column<SigningKey>] { columns + [Column("public key", mayShrink: false) { $0.publicKey }] }

    public var identifier: String { id.text }
}
