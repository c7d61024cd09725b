public import FoundationEssentials
import IdentityEvents
public import Kernel
public import Outbox
public import Postgres

extension IdentityService {
    /// Removes what is known of a person: address, name, password, sessions, second factor, requests to reset the password, and what repeated commands would answer about them. The id
    /// stays and means nobody; the address may be registered anew. Who has been erased stays so, and nothing changes.
    ///
    /// - Parameter label: what the caller typed, for errors.
    /// - Throws: ``IdentityError/userNotFound(_:)``.
    public static func erase(_ id: UUID, label: String, in session: Session, context: OperationContext) throws -> Change<User> {
        let locked = try LockedUser.take(id, label: label, in: session)
        guard locked.user.status != .erased else { return Change(locked.user) }
        let ended = try SessionService.end(allOf: id, because: .erased, in: session, context: context)
        let sessions = try session.all(SessionQueries.delete(of: id, at: context.now))
        let factors = try session.all(SecondFactorQueries.delete(of: id))
        let resets = try session.all(PasswordQueries.delete(of: id, at: context.now))
        let erased = try session.one(ErasureQueries.erase(id, at: context.now))
        try session.run(ErasureQueries.replaceAnswers(about: id, by: JSONCoding.encode(erased)))
        return Change(
            erased,
            rows: try [ChangedRow(.update, "users", erased)] + sessions.map { try ChangedRow(.delete, "sessions", $0) }
                + factors.map { try ChangedRow(.delete, "second_factors", $0.shown) }
                + resets.map { try ChangedRow(.delete, "password_resets", $0) },
            events: try locked.tell(ended.events + [UserErased(userId: id)], in: session))
    }
}
