public import Cryptography
public import FoundationEssentials
import IdentityEvents
public import Kernel
public import Outbox
public import Postgres

/// The rules of passwords that are set. Every function runs in the caller's transaction, locks the user's row first, and commits nothing.
public enum PasswordService {
    /// Lets somebody set a new password for a user: whoever gets the token. An earlier request is void from now on.
    ///
    /// - Parameter label: what the caller typed, for errors.
    /// - Parameter key: of the profile, for ``PasswordResetToken``.
    /// - Throws: ``IdentityError/userNotFound(_:)``, ``IdentityError/userDisabled(_:)``.
    public static func request(
        for userId: UUID, label: String, lifetime: PasswordResetLifetime = .standard, key: [UInt8], in session: Session,
        context: OperationContext
    ) throws -> Change<RequestedPasswordReset> {
        let locked = try LockedUser.take(userId, label: label, in: session)
        try locked.user.requireActive(label: label)
        let superseded = try session.all(PasswordQueries.supersede(of: userId, at: context.now))
        let id = context.newId()
        let expiry = context.now.advanced(by: lifetime.duration)
        let token = PasswordResetToken(id: id, expiresAt: expiry, key: key)
        let reset = try session.one(
            PasswordQueries.insert(id: id, userId: userId, tokenHash: token.hash, at: context.now, until: expiry))
        return Change(
            RequestedPasswordReset(reset, token: token),
            rows: try superseded.map { try ChangedRow(.update, "password_resets", $0) } + [ChangedRow(.insert, "password_resets", reset)],
            events: try locked.tell([PasswordResetRequested(userId: userId, resetId: id, expiresAt: expiry)], in: session))
    }

    /// Sets the password of the user whom the token is for, and ends all sessions: whoever made them may have known the old one. What a second factor
    /// is needed for it is needed for as before.
    ///
    /// - Throws: ``CredentialError/resetUnknown``; what the request has come to, where it is not open any more;
    ///   ``CredentialError/passwordResemblesEmail``, ``IdentityError/userDisabled(_:)``.
    public static func reset(
        _ token: PasswordResetToken, to password: NewPassword, in session: Session, context: OperationContext
    ) throws -> Change<User> {
        guard let seal = try session.first(PasswordQueries.seal(of: token.id)), token.matches(seal.tokenHash) else {
            throw CredentialError.resetUnknown
        }
        let locked = try LockedUser.take(seal.userId, label: seal.userId.text, in: session)
        switch try session.first(PasswordQueries.find(id: token.id, at: context.now))?.status {
        case .open: break
        case .used: throw CredentialError.resetUsed
        case .superseded: throw CredentialError.resetSuperseded
        case .expired: throw CredentialError.resetExpired
        // Erased meanwhile, with the user.
        case nil: throw CredentialError.resetUnknown
        }
        try locked.user.requireActive(label: seal.userId.text)
        let used = try session.one(PasswordQueries.use(id: token.id, at: context.now))
        return try set(
            password, of: locked, byReset: true, besides: [ChangedRow(.update, "password_resets", used)], in: session, context: context)
    }

    /// Sets another password for a user who has shown the one that they have, and ends the other sessions. What was requested to reset the old one is
    /// void.
    ///
    /// - Parameter compared: the hash that the old password was compared with: if it is another one by now, the comparison is worth nothing.
    /// - Parameter kept: a session that goes on.
    /// - Throws: ``IdentityError/credentialsWrong``, ``IdentityError/userDisabled(_:)``, ``CredentialError/passwordResemblesEmail``;
    ///   ``IdentityError/sessionNotFound(_:)`` where the kept one is none of the user's.
    public static func change(
        of userId: UUID, label: String, from compared: PasswordHash, to password: NewPassword, keeping kept: UUID? = nil,
        in session: Session, context: OperationContext
    ) throws -> Change<User> {
        let locked = try LockedUser.take(userId, label: label, in: session)
        guard locked.passwordHash == compared else { throw IdentityError.credentialsWrong }
        try locked.user.requireActive(label: label)
        if let kept {
            guard let session = try session.first(SessionQueries.find(id: kept, at: context.now)), session.userId == userId else {
                throw IdentityError.sessionNotFound(kept.text)
            }
        }
        let superseded = try session.all(PasswordQueries.supersede(of: userId, at: context.now))
        return try set(
            password, of: locked, byReset: false, keeping: kept,
            besides: superseded.map { try ChangedRow(.update, "password_resets", $0) }, in: session, context: context)
    }

    private static func set(
        _ password: NewPassword, of locked: LockedUser, byReset: Bool, keeping kept: UUID? = nil, besides rows: [ChangedRow],
        in session: Session, context: OperationContext
    ) throws -> Change<User> {
        let hash = try password.hash(for: locked.user.emailAddress(label: locked.id.text))
        let user = try session.one(IdentityQueries.setPassword(hash, id: locked.id, at: context.now))
        let ended = try SessionService.end(allOf: locked.id, except: kept, because: .password, in: session, context: context)
        return Change(
            user, rows: [try ChangedRow(.update, "users", user)] + rows + ended.rows,
            events: try locked.tell([PasswordChanged(userId: locked.id, byReset: byReset)] + ended.events, in: session))
    }
}
