import OrganizationEvents
public import Outbox

/// What the registry lists of the organization service.
public enum OrganizationModule {
    public static let module = ServiceModule(name: "organization", publishes: [OrganizationCreated.self, MemberAdded.self])
}
