public import CommandKit
import FoundationEssentials
import Kernel
public import Organization

extension Organization: Listable {
    public static let resourceKind = "Organization"

    public static var columns: [Column<Organization>] {
        [
            Column("slug", mayShrink: false) { $0.slug }, Column("name") { $0.name }, Column("status") { $0.status.rawValue },
            Column("id", mayShrink: false) { $0.id }, Column("created at") { $0.createdAt },
        ]
    }

    public static var fields: [Column<Organization>] {
        columns + [
            Column("updated at") { $0.updatedAt }, Column("version") { $0.version }, Column("deleted at") { $0.deletedAt },
            Column("purge at") { $0.purgeAt }, Column("ownerless") { $0.isOwnerless ? "yes" : "no" },
        ]
    }

    public var identifier: String { slug }
}
