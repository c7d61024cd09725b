import NotificationEvents
public import Outbox

/// What the registry lists of the notification service.
public enum NotificationModule {
    public static let module = ServiceModule(
        name: "notification", publishes: [NotificationDelivered.self, NotificationRead.self, DeliveryDue.self],
        consumers: [NotificationConsumer()])
}
