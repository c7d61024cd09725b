public import FoundationEssentials
public import Kernel

/// What the notification service refuses, and why.
public enum NotificationError: DomainError, Equatable {
    case notFound(UUID)
    case deliveryNotFound(UUID)
    case deliveryNotFailed(UUID, Delivery.State)
    case deliveryExpired(UUID, at: Timestamp)

    public var failure: Failure {
        switch self {
        case .notFound(let id):
            Failure(
                ErrorCode("NOTIFICATION_NOT_FOUND", .notFound), "notification \"\(id.text)\" does not exist",
                hint: "saasctl notification list USER")
        case .deliveryNotFound(let id):
            Failure(
                ErrorCode("DELIVERY_NOT_FOUND", .notFound), "delivery \"\(id.text)\" does not exist",
                hint: "saasctl notification delivery list")
        case .deliveryNotFailed(let id, let state):
            Failure(
                ErrorCode("DELIVERY_NOT_FAILED", .conflict),
                "delivery \"\(id.text)\" is \(state.rawValue); only what has failed is tried again",
                hint: "saasctl notification delivery list --state failed")
        case .deliveryExpired(let id, let end):
            Failure(
                ErrorCode("DELIVERY_EXPIRED", .conflict), "delivery \"\(id.text)\" is of no use since \(end)",
                details: ["what it offers can no longer be taken; it takes a new request or invitation"])
        }
    }
}
