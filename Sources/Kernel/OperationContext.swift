public import FoundationEssentials

/// What a rule may know of its surroundings: the instant, the actor, and which story it belongs to. Rules take the time from here.
public struct OperationContext: Sendable {
    /// The one instant at which the whole operation happens.
    public let now: Timestamp
    public let actor: Actor
    /// Shared by everything that one command sets in motion, in every service.
    public let correlationId: UUID
    /// The event that caused this operation; `nil` for a command.
    public let causationId: UUID?

    public init(now: Timestamp, actor: Actor, correlationId: UUID, causationId: UUID? = nil) {
        self.now = now
        self.actor = actor
        self.correlationId = correlationId
        self.causationId = causationId
    }

    /// A new time-ordered id at ``now``.
    public func newId() -> UUID {
        UUID.version7(at: now)
    }
}
