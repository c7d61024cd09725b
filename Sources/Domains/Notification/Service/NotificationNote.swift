public import FoundationEssentials
public import Kernel

/// What a user is told inside the product.
public struct NotificationNote: Sendable, Hashable, Codable {
    public let id: UUID
    public let userId: UUID
    public let organizationId: UUID?
    public let template: NotificationTemplate
    public let data: NotificationData
    public let createdAt: Timestamp
    /// `nil` while unread.
    public let readAt: Timestamp?
}
