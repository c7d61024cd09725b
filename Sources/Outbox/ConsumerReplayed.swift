public import Kernel

/// A consumer's tables were filled anew from the events, and what had been there before was replaced where it differed.
public struct ConsumerReplayed: DomainEvent {
    public static let eventType = EventType("saas.consumer.replayed", version: 1)
    public static let aggregateType = "consumer"

    public let consumer: String
    /// Events that were read.
    public let events: Int64
    /// Rows that no event accounted for.
    public let removed: Int64
    /// Rows that had been missing.
    public let added: Int64
    /// Rows that had other values.
    public let changed: Int64

    public init(consumer: String, events: Int64, removed: Int64, added: Int64, changed: Int64) {
        self.consumer = consumer
        self.events = events
        self.removed = removed
        self.added = added
        self.changed = changed
    }
}
