public import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// How organizations are deleted, and restored while that is possible. Every function runs in the caller's transaction, locks the organization's
/// row first, and commits nothing. What is so already succeeds and changes nothing.
public enum DeletionService {
    /// Deletes an organization at once: it takes no changes any more. The services are asked for their steps, and when the grace period has ended
    /// the organization is purged. A user who acts needs to be owner.
    ///
    /// - Parameter label: what the user called the organization, for errors.
    /// - Throws: ``OrganizationError/restoreUnfinished(_:)`` where services are still undoing the steps of an earlier deletion.
    public static func delete(
        _ id: UUID, label: String, grace: GracePeriod = .standard, in session: Session, context: OperationContext
    ) throws -> Change<Organization> {
        let locked = try take(id, label: label, in: session, context: context)
        guard locked.organization.status == .active else { return Change(locked.organization) }
        guard try session.first(SagaQueries.live(organizationId: id)) == nil else { throw OrganizationError.restoreUnfinished(label) }
        let sagaId = context.newId()
        let purgeAt = context.now.advanced(by: grace.duration)
        let (organization, told) = try locked.change(
            OrganizationQueries.delete(id: id, purgeAt: purgeAt, at: context.now),
            telling: [OrganizationDeleted(organizationId: id, sagaId: sagaId, purgeAt: purgeAt)], in: session)
        let saga = try SagaService.begin(
            .organizationDeletion, id: sagaId, of: id, graceEnds: purgeAt, in: session, context: context)
        return Change(
            organization, rows: [try ChangedRow(.update, "organizations", organization)] + saga.rows, events: told + saga.events)
    }

    /// Takes a deletion back, within its grace period. A user who acts needs to be owner.
    ///
    /// - Throws: ``OrganizationError/graceEnded(_:at:)``, ``OrganizationError/organizationPurged(_:)``.
    public static func restore(
        _ id: UUID, label: String, in session: Session, context: OperationContext
    ) throws -> Change<Organization> {
        let locked = try take(id, label: label, in: session, context: context)
        switch locked.organization.status {
        case .active: return Change(locked.organization)
        case .purged: throw OrganizationError.organizationPurged(label)
        case .deleted: break
        }
        guard let saga = try session.first(SagaQueries.live(organizationId: id)) else { throw OrganizationError.organizationPurged(label) }
        guard context.now < saga.graceEndsAt else { throw OrganizationError.graceEnded(label, at: saga.graceEndsAt) }
        return try SagaService.compensate(HeldSaga.take(saga.id, in: session), in: session, context: context)
    }

    private static func take(
        _ id: UUID, label: String, in session: Session, context: OperationContext
    ) throws -> LockedOrganization {
        guard let locked = try LockedOrganization.takeAny(id, in: session) else { throw OrganizationError.organizationNotFound(label) }
        try Authority.of(context.actor, in: locked, session).requireOwner()
        return locked
    }
}
