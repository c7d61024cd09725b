import OrganizationEvents
public import Outbox

/// What the registry lists of the organization service.
public enum OrganizationModule {
    public static let module = ServiceModule(
        name: "organization",
        publishes: [
            OrganizationCreated.self, OrganizationRenamed.self, SlugChanged.self, MemberAdded.self, MemberRemoved.self, RoleChanged.self,
            InvitationSent.self, InvitationAccepted.self, InvitationRejected.self, InvitationRevoked.self, InvitationExpired.self,
        ],
        timers: [InvitationService.expiry])
}
