public import CommandKit
import FoundationEssentials
import Kernel
public import Notification
import NotificationEvents

extension Delivery: Listable {
    public static let resourceKind = "Delivery"

    public static var columns: [Column<Delivery>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("state") { $0.state.rawValue }, Column("channel") { $0.channel.rawValue },
            Column("template") { $0.template.rawValue }, Column("recipient") { "\($0.recipient.kind.rawValue) \($0.recipient.id.text)" },
            Column("attempts", alignment: .trailing) { $0.attempts }, Column("created at") { $0.createdAt },
        ]
    }

    public static var fields: [Column<Delivery>] {
        columns + [
            Column("organization") { $0.organizationId }, Column("due at") { $0.dueAt }, Column("expires at") { $0.expiresAt },
            Column("finished at") { $0.finishedAt }, Column("last error") { $0.errorCode },
        ]
    }

    public var identifier: String { id.text }
}
