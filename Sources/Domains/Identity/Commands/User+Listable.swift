public import CommandKit
import FoundationEssentials
public import Identity
import Kernel

extension User: Listable {
    public static let resourceKind = "User"

    public static var columns: [Column<User>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("email") { $0.email }, Column("name") { $0.name },
            Column("status") { $0.status.rawValue }, Column("created at") { $0.createdAt },
        ]
    }

    public static var fields: [Column<User>] {
        columns + [
            Column("password") { $0.hasPassword ? "set" : "not set; a reset sets the first one" },
            Column("second factor") { $0.hasMfa ? "on" : "off" }, Column("version") { $0.version },
        ]
    }

    public var identifier: String { id.text }
}
