public import Kernel

/// A lane was told to go on with a source that is not the one it had read.
public struct LaneRebased: DomainEvent {
    public static let eventType = EventType("saas.lane.rebased", version: 1)
    public static let aggregateType = "lane"

    public let consumer: String
    public let source: String
    /// The last old position.
    public let position: Int64
    /// Events that the lane applied from the old rows before it went over.
    public let applied: Int64

    public init(consumer: String, source: String, position: Int64, applied: Int64) {
        self.consumer = consumer
        self.source = source
        self.position = position
        self.applied = applied
    }
}
