import OrganizationEvents
public import Outbox

/// What the registry lists of the organization service.
public enum OrganizationModule {
    public static let module = ServiceModule(
        name: "organization",
        publishes: [
            OrganizationCreated.self, OrganizationRenamed.self, OrganizationDeleted.self, OrganizationRestored.self,
            OrganizationPurged.self, SlugChanged.self, MemberAdded.self, MemberRemoved.self, RoleChanged.self,
            InvitationSent.self, InvitationAccepted.self, InvitationRejected.self, InvitationRevoked.self, InvitationExpired.self,
            InvitationReopened.self, SagaStepRequested.self, SagaStepCompleted.self, SagaStepFailed.self,
        ],
        consumers: [OrganizationConsumer()], timers: [InvitationService.expiry] + SagaService.timers)
}
