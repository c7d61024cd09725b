import AuditEvents
public import Outbox

/// What the registry lists of the audit service.
public enum AuditModule {
    /// - Parameter services: the names of all services, whose outboxes the log copies; its own is one of them.
    public static func module(recording services: [String]) -> ServiceModule {
        ServiceModule(name: "audit", publishes: [AuditHeadPublished.self], consumers: [AuditConsumer(sources: services)])
    }
}
