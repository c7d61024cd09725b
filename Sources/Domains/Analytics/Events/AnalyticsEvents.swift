public import FoundationEssentials
public import Kernel

/// A read model begins to be filled, for the first time or rebuilt.
public struct ReadModelStarted: DomainEvent {
    public static let eventType = EventType("saas.read_model.started", version: 1)
    public static let aggregateType = "read_model"

    public let readModelId: UUID
    public let name: String
    /// Rises with each rebuild, from 1.
    public let generation: Int

    public init(readModelId: UUID, name: String, generation: Int) {
        self.readModelId = readModelId
        self.name = name
        self.generation = generation
    }
}
