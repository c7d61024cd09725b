public import CommandKit
import FoundationEssentials
public import Identity
import Kernel

extension RequestedPasswordReset: Renderable {
    public static let resourceKind = "PasswordReset"

    public static var fields: [Column<RequestedPasswordReset>] {
        [
            Column("user", mayShrink: false) { $0.userId }, Column("expires at") { $0.expiresAt }, Column("id", mayShrink: false) { $0.id },
            Column("token", mayShrink: false) { $0.token },
        ]
    }

    public var identifier: String { id.text }
}
