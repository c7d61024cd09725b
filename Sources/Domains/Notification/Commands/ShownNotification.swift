import CommandKit
import FoundationEssentials
import Kernel
import Notification

/// A notification with its text, in which organizations and tasks go by their names of now.
struct ShownNotification: Listable {
    static let resourceKind = "Notification"

    static var columns: [Column<ShownNotification>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("text") { $0.text }, Column("organization") { $0.organization },
            Column("created at") { $0.createdAt }, Column("read at") { $0.readAt },
        ]
    }

    let id: UUID
    let userId: UUID
    let organizationId: UUID?
    /// `nil` for an organization that its service does not know, too.
    let organization: String?
    let template: NotificationTemplate
    let data: NotificationData
    let text: String
    let createdAt: Timestamp
    let readAt: Timestamp?

    init(_ note: NotificationNote, names: NotificationNames) {
        id = note.id
        userId = note.userId
        organizationId = note.organizationId
        organization = note.organizationId.flatMap(names.organization)
        template = note.template
        data = note.data
        text = note.template.text(note.data, organization: note.organizationId, names: names)
        createdAt = note.createdAt
        readAt = note.readAt
    }

    var identifier: String { id.text }
}
