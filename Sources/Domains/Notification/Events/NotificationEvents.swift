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

/// The user has seen the notification, or somebody says so.
public struct NotificationRead: DomainEvent {
    public static let eventType = EventType("saas.notification.read", version: 1)
    public static let aggregateType = "notification"

    public let notificationId: UUID
    public let userId: UUID

    public init(notificationId: UUID, userId: UUID) {
        self.notificationId = notificationId
        self.userId = userId
    }
}

/// Something is to leave the system: told when it is recorded, and again whenever a failed one is to be tried once more.
public struct DeliveryDue: DomainEvent {
    public static let eventType = EventType("saas.delivery.due", version: 1)
    public static let aggregateType = "delivery"

    public let deliveryId: UUID
    public let channel: NotificationChannel
    /// How often it was tried already.
    public let attempts: Int

    public init(deliveryId: UUID, channel: NotificationChannel, attempts: Int) {
        self.deliveryId = deliveryId
        self.channel = channel
        self.attempts = attempts
    }
}

public enum NotificationChannel: String, Sendable, Hashable, Codable, CaseIterable {
    /// Inside the product, where the user reads it.
    case inApp = "in_app"
    case email
}
