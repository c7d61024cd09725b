public import Cryptography
public import FoundationEssentials
public import IdentityEvents
public import Kernel
public import Outbox
public import Postgres

/// The rules of sessions and their refresh tokens (RFC 9700, section 4.14.2: rotation, and what a second use means). Every function that changes
/// one runs in the caller's transaction, locks the user's row first, and commits nothing.
public enum SessionService {
    /// How long a refresh token can be used.
    public static let refreshLifetime = Duration.seconds(7 * 86_400)

    /// Somebody who has shown the right password.
    public struct Login: Sendable {
        public let userId: UUID
        /// What the caller typed, for errors.
        public let user: String
        /// The hash that the password was compared with: if it is another one by now, the comparison is worth nothing.
        public let passwordHash: PasswordHash
        /// The same password at the cost that the profile asks for; `nil` where the hash has it.
        public let rehashed: PasswordHash?

        public init(userId: UUID, user: String, passwordHash: PasswordHash, rehashed: PasswordHash? = nil) {
            self.userId = userId
            self.user = user
            self.passwordHash = passwordHash
            self.rehashed = rehashed
        }
    }

    /// Begins a session. Where a second factor is on, its code has to be right; that a wrong one was shown is committed with the refusal.
    ///
    /// - Parameter id: of the session, made before, because the access token that names it is signed before.
    /// - Parameter factors: what the access token says about the proof.
    /// - Throws: ``IdentityError/credentialsWrong`` where the password changed meanwhile, ``IdentityError/userDisabled(_:)``; what
    ///   ``SecondFactorService`` throws about the code, ``CredentialError/mfaChanged``.
    public static func begin(
        _ login: Login, code: SecondFactorCode? = nil, keys: SecondFactorKeys, id: UUID, factors claimed: [LoginFactor],
        refresh: RefreshToken, in session: Session, context: OperationContext
    ) throws -> Decision<LoginSession> {
        let locked = try LockedUser.take(login.userId, label: login.user, in: session)
        guard locked.passwordHash == login.passwordHash else { throw IdentityError.credentialsWrong }
        try locked.user.requireActive(label: login.user)
        var factors = [LoginFactor.password]
        var rows: [ChangedRow] = []
        switch try SecondFactorService.proof(of: locked, code: code, keys: keys, in: session, context: context) {
        case nil: break
        case .accepted(let factor, let changed):
            factors.append(factor)
            rows += changed
        case .refused(let failure, let changed): return .refused(failure, Change((), rows: changed))
        }
        guard factors == claimed else { throw CredentialError.mfaChanged }
        let expiry = context.now.advanced(by: refreshLifetime)
        let begun = try session.one(
            SessionQueries.insert(id: id, userId: locked.id, factors: factors, at: context.now, until: expiry))
        try session.run(SessionQueries.insertToken(refresh.hash, of: id, at: context.now, until: expiry))
        rows.append(try ChangedRow(.insert, "sessions", begun))
        if let rehashed = login.rehashed {
            let user = try session.one(IdentityQueries.setPassword(rehashed, id: locked.id, at: context.now))
            rows.append(try ChangedRow(.update, "users", user))
        }
        let event = UserLoggedIn(userId: locked.id, sessionId: id, factors: factors)
        return .accepted(Change(begun, rows: rows, events: try locked.tell([event], in: session)))
    }

    /// The session that a refresh token belongs to, spent or not.
    ///
    /// - Throws: ``IdentityError/refreshTokenUnknown``.
    public static func session(of token: RefreshToken, at now: Timestamp, in session: Session) throws -> LoginSession {
        try session.one(SessionQueries.find(id: try owner(of: token, in: session).sessionId, at: now))
    }

    private static func owner(of token: RefreshToken, in session: Session) throws -> (userId: UUID, sessionId: UUID) {
        guard let owner = try session.first(SessionQueries.owner(ofToken: token.hash)) else { throw IdentityError.refreshTokenUnknown }
        return owner
    }

    /// Takes a refresh token and puts another one in its place. A token that was used before ends its session: the thief and the robbed cannot be
    /// told apart. That is committed with the refusal.
    ///
    /// - Parameter next: the token that replaces it.
    /// - Throws: ``IdentityError/refreshTokenUnknown``, ``IdentityError/refreshTokenExpired``, ``IdentityError/sessionEnded``.
    public static func refresh(
        _ token: RefreshToken, with next: RefreshToken, in session: Session, context: OperationContext
    ) throws -> Decision<LoginSession> {
        let owner = try owner(of: token, in: session)
        let locked = try LockedUser.take(owner.userId, label: owner.userId.text, in: session)
        guard let found = try session.first(SessionQueries.token(token.hash)) else { throw IdentityError.refreshTokenUnknown }
        let current = try session.one(SessionQueries.find(id: owner.sessionId, at: context.now))
        guard current.status != .ended else { throw IdentityError.sessionEnded }
        guard !found.isSpent else {
            let ended = try session.one(SessionQueries.end(id: current.id, as: .reuse, at: context.now))
            let events: [any DomainEvent] = [
                RefreshTokenReuseDetected(userId: locked.id, sessionId: current.id),
                SessionRevoked(userId: locked.id, sessionId: current.id, cause: .reuse),
            ]
            return .refused(
                IdentityError.refreshTokenReused.failure,
                Change((), rows: [try ChangedRow(.update, "sessions", ended)], events: try locked.tell(events, in: session)))
        }
        guard context.now < found.expiresAt else { throw IdentityError.refreshTokenExpired }
        let expiry = context.now.advanced(by: refreshLifetime)
        try session.run(SessionQueries.forgetTokens(of: current.id, at: context.now))
        try session.run(SessionQueries.spendToken(token.hash, at: context.now))
        try session.run(SessionQueries.insertToken(next.hash, of: current.id, at: context.now, until: expiry))
        let prolonged = try session.one(SessionQueries.prolong(id: current.id, at: context.now, until: expiry))
        return .accepted(Change(prolonged, rows: [try ChangedRow(.update, "sessions", prolonged)]))
    }

    /// Ends the session of a refresh token, spent or not. A session that has ended stays as it is.
    ///
    /// - Throws: ``IdentityError/refreshTokenUnknown``.
    public static func logout(
        _ token: RefreshToken, in session: Session, context: OperationContext
    ) throws -> Change<LoginSession> {
        let (userId, sessionId) = try owner(of: token, in: session)
        return try end(
            sessionId, of: userId, as: .logout, telling: UserLoggedOut(userId: userId, sessionId: sessionId), in: session, context: context)
    }

    /// Ends one session; one that is not live stays as it is.
    ///
    /// - Throws: ``IdentityError/sessionNotFound(_:)``.
    public static func revoke(_ id: UUID, in session: Session, context: OperationContext) throws -> Change<LoginSession> {
        guard let found = try session.first(SessionQueries.find(id: id, at: context.now)) else {
            throw IdentityError.sessionNotFound(id.text)
        }
        return try end(
            id, of: found.userId, as: .request, telling: SessionRevoked(userId: found.userId, sessionId: id, cause: .request), in: session,
            context: context)
    }

    /// Ends a session that lives.
    private static func end(
        _ id: UUID, of userId: UUID, as ending: LoginSession.Ending, telling event: any DomainEvent, in session: Session,
        context: OperationContext
    ) throws -> Change<LoginSession> {
        let locked = try LockedUser.take(userId, label: userId.text, in: session)
        let current = try session.one(SessionQueries.find(id: id, at: context.now))
        guard current.status == .live else { return Change(current) }
        let ended = try session.one(SessionQueries.end(id: id, as: ending, at: context.now))
        return Change(ended, rows: [try ChangedRow(.update, "sessions", ended)], events: try locked.tell([event], in: session))
    }

    /// Ends every live session of a user.
    ///
    /// - Returns: how many there were.
    public static func revokeAll(
        of userId: UUID, label: String, in session: Session, context: OperationContext
    ) throws -> Change<RevokedSessions> {
        let locked = try LockedUser.take(userId, label: label, in: session)
        let ended = try end(allOf: userId, because: .request, in: session, context: context)
        return Change(
            RevokedSessions(userId: userId, revoked: ended.rows.count), rows: ended.rows, events: try locked.tell(ended.events, in: session)
        )
    }

    /// Ends the live sessions of a user whose row the caller has locked, as a part of another change, which tells the events.
    ///
    /// - Parameter except: a session that goes on.
    public static func end(
        allOf userId: UUID, except: UUID? = nil, because cause: RevocationCause, in session: Session, context: OperationContext
    ) throws -> (rows: [ChangedRow], events: [any DomainEvent]) {
        let ended = try session.all(SessionQueries.end(allOf: userId, except: except, as: cause.ending, at: context.now))
            .sorted { ($0.createdAt, $0.id.text) < ($1.createdAt, $1.id.text) }
        return (
            try ended.map { try ChangedRow(.update, "sessions", $0) },
            ended.map { SessionRevoked(userId: userId, sessionId: $0.id, cause: cause) }
        )
    }

    /// One page of a user's sessions, newest first.
    ///
    /// - Parameter status: only those in this state.
    /// - Parameter now: the instant at which one may have expired.
    public static func list(
        of userId: UUID, status: LoginSession.Status? = nil, before cursor: PageCursor? = nil, limit: Int, at now: Timestamp,
        in session: Session
    ) throws -> Page<LoginSession> {
        let rows = try session.all(SessionQueries.list(userId: userId, status: status, before: cursor, limit: limit + 1, at: now))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }
}

/// What became of the sessions of a user who was to have none any more.
public struct RevokedSessions: Sendable, Hashable, Codable {
    public let userId: UUID
    public let revoked: Int
}
