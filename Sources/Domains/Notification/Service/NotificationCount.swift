public import FoundationEssentials

/// How many notifications of a user there are, or are unread.
public struct NotificationCount: Sendable, Hashable, Codable {
    public let userId: UUID
    public let count: Int64

    public init(userId: UUID, count: Int64) {
        self.userId = userId
        self.count = count
    }
}
