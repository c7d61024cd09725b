public import CommandKit
import FoundationEssentials
import Kernel
public import Workflow

extension Project: Listable {
    public static let resourceKind = "Project"

    public static var columns: [Column<Project>] {
        [
            Column("key", mayShrink: false) { $0.key }, Column("name") { $0.name }, Column("status") { $0.status.rawValue },
            Column("id", mayShrink: false) { $0.id }, Column("created at") { $0.createdAt },
        ]
    }

    public static var fields: [Column<Project>] { columns + [Column("version") { $0.version }] }

    public var identifier: String { key }
}
