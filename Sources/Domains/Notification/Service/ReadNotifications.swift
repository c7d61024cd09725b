public import FoundationEssentials

/// What has become of notifications that were to be read.
public struct ReadNotifications: Sendable, Hashable, Codable {
    /// Those that were unread before.
    public let read: [UUID]
    /// How many of the same users' are unread still.
    public let unread: Int64

    public init(read: [UUID], unread: Int64) {
        self.read = read
        self.unread = unread
    }
}
