public import FoundationEssentials
public import Kernel

/// An operator has decided that a consumer is never to see an event. Its subject is the id of that event; every service with consumers
/// publishes it.
public struct LetterDiscarded: DomainEvent {
    public static let eventType = EventType("saas.letter.discarded", version: 1)
    public static let aggregateType = "letter"

    public let consumer: String
    /// The service that published the discarded event.
    public let source: String
    public let eventId: UUID
    /// With its version.
    public let eventType: String
    /// How often the consumer had tried it.
    public let attempts: Int

    public init(consumer: String, source: String, eventId: UUID, eventType: String, attempts: Int) {
        self.consumer = consumer
        self.source = source
        self.eventId = eventId
        self.eventType = eventType
        self.attempts = attempts
    }
}
