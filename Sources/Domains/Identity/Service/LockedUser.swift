import Cryptography
public import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

/// A user whose row is locked until the transaction ends: whoever changes the user, a session or a credential comes one after the other, so that
/// what was read here stays true, and the user's events get their sequence in the order of their changes.
public struct LockedUser: Sendable {
    public let user: User
    let passwordHash: PasswordHash?
    /// How many events of the user there were before this transaction.
    let eventSequence: Int64

    public var id: UUID { user.id }

    /// - Parameter label: what the caller typed, for errors.
    /// - Throws: ``IdentityError/userNotFound(_:)``.
    public static func take(_ id: UUID, label: String, in session: Session) throws -> LockedUser {
        guard let locked = try session.first(IdentityQueries.lock(id: id)) else { throw IdentityError.userNotFound(label) }
        return locked
    }

    /// Numbers the events of a change, in the order given. Once in a transaction.
    public func tell(_ events: [any DomainEvent], in session: Session) throws -> [PendingEvent] {
        guard !events.isEmpty else { return [] }
        try session.run(IdentityQueries.advanceSequence(id: id, by: Int64(events.count)))
        return try PendingEvent.numbered(events, behind: eventSequence, subject: id, organization: nil)
    }
}
