public import FoundationEssentials
public import Kernel

/// What a user is told inside the product.
public struct NotificationNote: Sendable, Hashable, Codable {
    /// What it tells; the text is made from this when it is shown.
    public enum Template: String, Sendable, Hashable, Codable, CaseIterable {
        case welcome
    }

    public let id: UUID
    public let userId: UUID
    public let organizationId: UUID?
    public let template: Template
    public let createdAt: Timestamp
    /// `nil` while unread.
    public let readAt: Timestamp?
}
