import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres

/// An organization whose row is locked until the transaction ends: whoever changes it or its members comes one after the other, so that what
/// was read here stays true, and its events get their sequence in the order of their changes.
struct LockedOrganization: Sendable {
    let organization: Organization
    /// How many events of it there were before this transaction.
    let eventSequence: Int64

    var id: UUID { organization.id }

    /// - Parameter label: what the user called it, for errors.
    /// - Throws: ``OrganizationError/organizationNotFound(_:)``, ``OrganizationError/organizationDeleted(_:)``.
    static func take(_ id: UUID, label: String, in session: Session) throws -> LockedOrganization {
        guard let locked = try session.first(OrganizationQueries.lock(id: id)) else { throw OrganizationError.organizationNotFound(label) }
        guard locked.organization.status == .active else { throw OrganizationError.organizationDeleted(label) }
        return locked
    }

    /// Whatever has become of the organization; `nil` where it never was.
    static func takeAny(_ id: UUID, in session: Session) throws -> LockedOrganization? {
        try session.first(OrganizationQueries.lock(id: id))
    }

    /// Numbers events of a change that was made under the lock. Once in a transaction, until the organization is taken again.
    func tell(_ events: [any DomainEvent], in session: Session) throws -> [PendingEvent] {
        guard !events.isEmpty else { return [] }
        try session.run(OrganizationQueries.advanceSequence(id: id, by: Int64(events.count)))
        return try PendingEvent.numbered(events, behind: eventSequence, subject: id, organization: id)
    }

    /// Makes the change of which these events tell, and numbers them in the order given. Once in a transaction.
    func change<Value>(
        _ statement: Query<Value>, telling events: [any DomainEvent], in session: Session
    ) throws -> (value: Value, events: [PendingEvent]) {
        let numbered = try tell(events, in: session)
        return (try session.one(statement), numbered)
    }
}
