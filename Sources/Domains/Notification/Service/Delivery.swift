public import FoundationEssentials
public import Kernel
public import NotificationEvents

/// Something that leaves the system, and how far it is.
public struct Delivery: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// To be sent as soon as somebody sends.
        case due
        case delivered
        /// Given up, until somebody asks for another try.
        case failed
    }

    public let id: UUID
    public let state: State
    public let channel: NotificationChannel
    public let template: NotificationTemplate
    public let recipient: DeliveryRecipient
    public let organizationId: UUID?
    public let data: NotificationData
    /// Those that were begun.
    public let attempts: Int
    /// Of the last attempt that failed.
    public let errorCode: String?
    public let createdAt: Timestamp
    /// `nil` unless it is due.
    public let dueAt: Timestamp?
    /// The first instant at which it is of no use any more; `nil` for never.
    public let expiresAt: Timestamp?
    /// When it was delivered, or given up.
    public let finishedAt: Timestamp?
}

/// Whom something is sent to: by an id, whose owner is asked for the address when it is sent.
public struct DeliveryRecipient: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case user
        /// Whoever has the address that is invited.
        case invitation
    }

    public let kind: Kind
    public let id: UUID
}

extension DeliveryRecipient {
    static func user(_ id: UUID) -> DeliveryRecipient { DeliveryRecipient(kind: .user, id: id) }

    static func invitation(_ id: UUID) -> DeliveryRecipient { DeliveryRecipient(kind: .invitation, id: id) }

    /// The user; `nil` for somebody who may be none.
    var userId: UUID? { kind == .user ? id : nil }
}
