public import CommandKit
import FoundationEssentials
import Kernel
public import Notification

extension NotificationNote: Listable {
    public static let resourceKind = "Notification"

    public static var columns: [Column<NotificationNote>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("template") { $0.template.rawValue }, Column("created at") { $0.createdAt },
            Column("read at") { $0.readAt },
        ]
    }

    public var identifier: String { id.text }
}
