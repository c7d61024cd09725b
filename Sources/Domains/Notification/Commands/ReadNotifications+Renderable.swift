public import CommandKit
import FoundationEssentials
import Kernel
public import Notification

extension ReadNotifications: Renderable {
    public static let resourceKind = "ReadNotifications"

    public static var fields: [Column<ReadNotifications>] {
        [
            Column("read", alignment: .trailing) { $0.read.count }, Column("still unread", alignment: .trailing) { $0.unread },
        ]
    }

    /// What was unread before.
    public var identifier: String { read.map(\.text).joined(separator: " ") }
}
