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
