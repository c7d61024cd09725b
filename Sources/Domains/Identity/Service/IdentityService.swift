import Cryptography
public import FoundationEssentials
import IdentityEvents
public import Kernel
public import Outbox
public import Postgres

/// The rules of users. Every function runs in the caller's transaction and commits nothing.
public enum IdentityService {
    /// - Parameter password: `nil` for a user whose first password a reset will set.
    /// - Throws: ``IdentityError/emailTaken(_:)``, also where a concurrent registration of the same address wins;
    ///   ``CredentialError/passwordResemblesEmail``.
    public static func register(
        email: EmailAddress, name: PersonName, password: NewPassword?, in session: Session, context: OperationContext
    ) throws -> Change<User> {
        let hash = try password?.hash(for: email)
        let insert = IdentityQueries.insert(id: context.newId(), email: email, name: name, passwordHash: hash?.text, at: context.now)
        guard let user = try session.first(insert) else { throw IdentityError.emailTaken(email.text) }
        let event = UserRegistered(userId: user.id, hasPassword: user.hasPassword)
        return Change(
            user, rows: [try ChangedRow(.insert, "users", user)],
            events: [try PendingEvent(event, subject: user.id, sequence: 1, organization: nil)])
    }

    /// Ends every session of a user and lets nobody log in as them any more. Memberships stay.
    ///
    /// - Parameter label: what the caller typed, for errors.
    /// - Throws: ``IdentityError/userNotFound(_:)``.
    public static func disable(_ id: UUID, label: String, in session: Session, context: OperationContext) throws -> Change<User> {
        let locked = try LockedUser.take(id, label: label, in: session)
        _ = try locked.user.emailAddress(label: label)
        guard locked.user.status == .active else { return Change(locked.user) }
        let ended = try SessionService.end(allOf: id, because: .disabled, in: session, context: context)
        let disabled = try session.one(IdentityQueries.setStatus(.disabled, id: id, at: context.now))
        return Change(
            disabled, rows: [try ChangedRow(.update, "users", disabled)] + ended.rows,
            events: try locked.tell([UserDisabled(userId: id)] + ended.events, in: session))
    }

    /// Lets a disabled user log in again. Sessions that have ended stay so.
    ///
    /// - Throws: ``IdentityError/userNotFound(_:)``.
    public static func enable(_ id: UUID, label: String, in session: Session, context: OperationContext) throws -> Change<User> {
        let locked = try LockedUser.take(id, label: label, in: session)
        _ = try locked.user.emailAddress(label: label)
        guard locked.user.status == .disabled else { return Change(locked.user) }
        let enabled = try session.one(IdentityQueries.setStatus(.active, id: id, at: context.now))
        return Change(
            enabled, rows: [try ChangedRow(.update, "users", enabled)], events: try locked.tell([UserEnabled(userId: id)], in: session))
    }

    /// - Parameter reference: an id, or an e-mail address in any case.
    /// - Throws: ``IdentityError/userNotFound(_:)``.
    public static func user(_ reference: String, in session: Session) throws -> User {
        let found: User?
        if let id = UUID(uuidString: reference) {
            found = try session.first(IdentityQueries.find(id: id))
        } else if let email = try? EmailAddress(reference) {
            found = try session.first(IdentityQueries.find(email: email))
        } else {
            found = nil
        }
        guard let found else { throw IdentityError.userNotFound(reference) }
        return found
    }

    /// - Returns: the user with this address in any case; `nil` where nobody has it.
    public static func user(with email: EmailAddress, in session: Session) throws -> User? {
        try session.first(IdentityQueries.find(email: email))
    }

    /// - Returns: the address of each of these users; ids of nobody are left out.
    public static func emailAddresses(of users: [UUID], in session: Session) throws -> [UUID: String] {
        let rows = try session.all(IdentityQueries.emailAddresses(of: users))
        return Dictionary(rows.map { ($0.id, $0.email) }) { first, _ in first }
    }

    /// One page of users, newest first.
    public static func list(
        before cursor: PageCursor? = nil, status: User.Status? = nil, limit: Int, in session: Session
    ) throws -> Page<User> {
        let rows = try session.all(IdentityQueries.list(before: cursor, status: status, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }
}
