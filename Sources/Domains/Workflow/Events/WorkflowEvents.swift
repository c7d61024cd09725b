public import FoundationEssentials
public import Kernel

public struct ProjectCreated: DomainEvent {
    public static let eventType = EventType("saas.project.created", version: 1)
    public static let aggregateType = "project"

    public let projectId: UUID
    public let organizationId: UUID

    public init(projectId: UUID, organizationId: UUID) {
        self.projectId = projectId
        self.organizationId = organizationId
    }
}

/// Neither the project nor its tasks can be changed any more.
public struct ProjectArchived: DomainEvent {
    public static let eventType = EventType("saas.project.archived", version: 1)
    public static let aggregateType = "project"

    public let projectId: UUID
    public let organizationId: UUID

    public init(projectId: UUID, organizationId: UUID) {
        self.projectId = projectId
        self.organizationId = organizationId
    }
}
