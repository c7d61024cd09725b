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

    /// Makes a change of which so many events tell.
    func change<Value>(_ statement: Query<Value>, events count: Int64 = 1, in session: Session) throws -> Value {
        try session.run(OrganizationQueries.advanceSequence(id: id, by: count))
        return try session.one(statement)
    }

    /// Numbers events of this organization, in the order given.
    func events(_ events: [any DomainEvent]) throws -> [PendingEvent] {
        try events.enumerated().map { offset, event in
            try PendingEvent(event, subject: id, sequence: eventSequence + Int64(offset) + 1, organization: id)
        }
    }
}
