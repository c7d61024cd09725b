public import CommandKit
import FoundationEssentials
import Kernel
public import Notification

extension NotificationCount: Renderable {
    public static let resourceKind = "NotificationCount"

    public static var fields: [Column<NotificationCount>] {
        [Column("user", mayShrink: false) { $0.userId }, Column("count", alignment: .trailing) { $0.count }]
    }

    /// A number alone, as `grep -c` has it.
    public var plainText: String? { "\(count)\n" }

    public var identifier: String { String(count) }
}
