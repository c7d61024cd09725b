public import FoundationEssentials
public import Kernel

/// A notification has reached its recipient's channel.
public struct NotificationDelivered: DomainEvent {
    public static let eventType = EventType("saas.notification.delivered", version: 1)
    public static let aggregateType = "notification"

    public let notificationId: UUID
    public let userId: UUID
    public let channel: NotificationChannel

    public init(notificationId: UUID, userId: UUID, channel: NotificationChannel) {
        self.notificationId = notificationId
        self.userId = userId
        self.channel = channel
    }
}

public enum NotificationChannel: String, Sendable, Hashable, Codable, CaseIterable {
    /// Inside the product, where the user reads it.
    case inApp = "in_app"
}
