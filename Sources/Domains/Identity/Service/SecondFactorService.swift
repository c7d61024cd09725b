import Cryptography
public import FoundationEssentials
import IdentityEvents
public import Kernel
public import Outbox
public import Postgres

/// The rules of second factors. Every function runs in the caller's transaction, locks the user's row first, and commits nothing.
public enum SecondFactorService {
    /// Makes a secret for an authenticator app, in place of one of which nobody has shown a code. Logging in asks for no code until one is shown
    /// (``verify(_:of:label:keys:in:context:)``).
    ///
    /// - Parameter label: what the caller typed, for errors.
    /// - Parameter issuer: what the app shows above the user's address.
    /// - Throws: ``CredentialError/mfaEnabled(_:)``, ``IdentityError/userDisabled(_:)``.
    public static func enrol(
        _ userId: UUID, label: String, issuer: String, keys: SecondFactorKeys, in session: Session, context: OperationContext
    ) throws -> Change<SecondFactorEnrolment> {
        let locked = try LockedUser.take(userId, label: label, in: session)
        try locked.user.requireActive(label: label)
        let earlier = try session.first(SecondFactorQueries.find(of: userId))
        let secret = OneTimePasswordSecret.random()
        let sealed = SealedBox.seal(secret.bytes, key: keys.secrets, authenticating: SecondFactor.place(of: userId))
        guard let factor = try session.first(SecondFactorQueries.enrol(userId, sealedSecret: sealed, at: context.now)) else {
            throw CredentialError.mfaEnabled(label)
        }
        let enrolment = SecondFactorEnrolment(
            userId: userId, status: .pending,
            otpauthUri: secret.uri(issuer: issuer, account: try locked.user.emailAddress(label: locked.id.text).text),
            secret: secret.base32)
        return Change(enrolment, rows: [try ChangedRow(earlier == nil ? .insert : .update, "second_factors", factor.shown)])
    }

    /// Turns the second factor on, because the user has shown a code of the app, and makes the first set of recovery codes.
    ///
    /// - Throws: ``CredentialError/mfaNotEnrolled(_:)``, ``CredentialError/mfaEnabled(_:)``, ``CredentialError/mfaPaused(until:)``,
    ///   ``IdentityError/userDisabled(_:)``.
    public static func verify(
        _ code: SecondFactorCode, of userId: UUID, label: String, keys: SecondFactorKeys, in session: Session, context: OperationContext
    ) throws -> Decision<RecoveryCodes> {
        let locked = try LockedUser.take(userId, label: label, in: session)
        try locked.user.requireActive(label: label)
        guard let factor = try session.first(SecondFactorQueries.find(of: userId)) else { throw CredentialError.mfaNotEnrolled(label) }
        guard factor.enabledAt == nil else { throw CredentialError.mfaEnabled(label) }
        switch try check(code, against: factor, keys: keys, in: session, context: context) {
        case .refused(let failure, let rows): return .refused(failure, Change((), rows: rows))
        case .accepted:
            let enabled = try session.one(SecondFactorQueries.enable(userId, at: context.now))
            return .accepted(
                Change(
                    try makeRecoveryCodes(for: userId, keys: keys, in: session),
                    rows: [try ChangedRow(.update, "second_factors", enabled.shown)],
                    events: try locked.tell([MfaEnabled(userId: userId)], in: session)))
        }
    }

    /// Turns the second factor off and forgets its secret and recovery codes, also of one that was never turned on. Where there is none nothing
    /// changes.
    ///
    /// - Parameter code: what the user has shown; `nil` for an operator, who needs none.
    /// - Throws: ``CredentialError/mfaRequired`` for a user without a code, ``CredentialError/mfaPaused(until:)``.
    public static func disable(
        _ userId: UUID, label: String, code: SecondFactorCode?, keys: SecondFactorKeys, in session: Session, context: OperationContext
    ) throws -> Decision<SecondFactorState> {
        let locked = try LockedUser.take(userId, label: label, in: session)
        guard let factor = try session.first(SecondFactorQueries.find(of: userId)) else { return .accepted(Change(.off(userId))) }
        if factor.enabledAt != nil, case .refused(let failure, let rows) = try authorize(code, factor, keys, in: session, context) {
            return .refused(failure, Change((), rows: rows))
        }
        let deleted = try session.one(SecondFactorQueries.delete(of: userId))
        let events = deleted.enabledAt == nil ? [] : [MfaDisabled(userId: userId)]
        return .accepted(
            Change(
                .off(userId), rows: [try ChangedRow(.delete, "second_factors", deleted.shown)], events: try locked.tell(events, in: session)
            ))
    }

    /// Makes a new set of recovery codes; those that there were are void.
    ///
    /// - Parameter code: as for ``disable(_:label:code:keys:in:context:)``.
    /// - Throws: ``CredentialError/mfaOff(_:)``, ``CredentialError/mfaRequired``, ``CredentialError/mfaPaused(until:)``,
    ///   ``IdentityError/userDisabled(_:)``.
    public static func renewRecoveryCodes(
        of userId: UUID, label: String, code: SecondFactorCode?, keys: SecondFactorKeys, in session: Session, context: OperationContext
    ) throws -> Decision<RecoveryCodes> {
        let locked = try LockedUser.take(userId, label: label, in: session)
        try locked.user.requireActive(label: label)
        guard let factor = try session.first(SecondFactorQueries.find(of: userId)), factor.enabledAt != nil else {
            throw CredentialError.mfaOff(label)
        }
        if case .refused(let failure, let rows) = try authorize(code, factor, keys, in: session, context) {
            return .refused(failure, Change((), rows: rows))
        }
        let codes = try makeRecoveryCodes(for: userId, keys: keys, in: session)
        let renewed = RenewedRecoveryCodes(userId: userId, codes: codes.recoveryCodes.count)
        return .accepted(Change(codes, rows: [try ChangedRow(.update, "recovery_codes", renewed)]))
    }

    /// Whether logging in takes a code. A hint, where the user's row is not locked.
    public static func isOn(for userId: UUID, in session: Session) throws -> Bool {
        try session.first(SecondFactorQueries.find(of: userId))?.enabledAt != nil
    }

    /// What logging in asks for besides the password.
    ///
    /// - Parameter locked: so that of many who show one code at the same moment one is let in.
    /// - Returns: `nil` where the user has no second factor.
    /// - Throws: ``CredentialError/mfaRequired`` where there is one and no code, ``CredentialError/mfaPaused(until:)``.
    static func proof(
        of locked: LockedUser, code: SecondFactorCode?, keys: SecondFactorKeys, in session: Session, context: OperationContext
    ) throws -> SecondFactorProof? {
        guard let factor = try session.first(SecondFactorQueries.find(of: locked.id)), factor.enabledAt != nil else { return nil }
        guard let code else { throw CredentialError.mfaRequired }
        return try check(code, against: factor, keys: keys, in: session, context: context)
    }

    private static func authorize(
        _ code: SecondFactorCode?, _ factor: SecondFactor, _ keys: SecondFactorKeys, in session: Session, _ context: OperationContext
    ) throws -> SecondFactorProof? {
        if let code { return try check(code, against: factor, keys: keys, in: session, context: context) }
        if case .user = context.actor { throw CredentialError.mfaRequired }
        return nil
    }

    /// A recovery code is looked at during a pause too: nobody guesses one, and who has lost the app has nothing else.
    private static func check(
        _ code: SecondFactorCode, against factor: SecondFactor, keys: SecondFactorKeys, in session: Session, context: OperationContext
    ) throws -> SecondFactorProof {
        let userId = factor.userId
        switch code.form {
        case .recovery(let code):
            let hash = code.hash(for: userId, key: keys.recoveryCodes)
            if try session.first(SecondFactorQueries.useRecoveryCode(hash, of: userId, at: context.now)) != nil {
                return .accepted(.recovery, [try row(session.one(SecondFactorQueries.accept(userId, step: nil)))])
            }
            try requireNoPause(factor, at: context.now)
        case .oneTime(let digits):
            try requireNoPause(factor, at: context.now)
            if let step = try factor.secret(keys).step(of: digits, at: context.now) {
                // Whoever looked over the user's shoulder has it too; it was no guess.
                guard step > factor.lastStep ?? -1 else { throw CredentialError.mfaCodeUsed }
                return .accepted(.totp, [try row(session.one(SecondFactorQueries.accept(userId, step: step)))])
            }
        }
        let pause = SecondFactorPause.behind(factor.failures + 1).map { context.now.advanced(by: $0) }
        return .refused(
            CredentialError.mfaCodeWrong.failure, [try row(session.one(SecondFactorQueries.fail(userId, pausedUntil: pause)))])
    }

    private static func requireNoPause(_ factor: SecondFactor, at now: Timestamp) throws(CredentialError) {
        guard let end = factor.pausedUntil, now < end else { return }
        throw .mfaPaused(until: end)
    }

    private static func row(_ factor: SecondFactor) throws -> ChangedRow {
        try ChangedRow(.update, "second_factors", factor.shown)
    }

    private static func makeRecoveryCodes(for userId: UUID, keys: SecondFactorKeys, in session: Session) throws -> RecoveryCodes {
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
        try session.run(SecondFactorQueries.deleteRecoveryCodes(of: userId))
        try session.run(SecondFactorQueries.insertRecoveryCodes(codes.map { $0.hash(for: userId, key: keys.recoveryCodes) }, of: userId))
        return RecoveryCodes(userId: userId, status: .enabled, recoveryCodes: codes.map(\.text))
    }
}

/// What became of a code that was shown.
enum SecondFactorProof: Sendable {
    case accepted(LoginFactor, [ChangedRow])
    /// It was wrong, and that was counted: the rows are to be committed.
    case refused(Failure, [ChangedRow])
}

/// What a dry run shows of a new set of recovery codes.
private struct RenewedRecoveryCodes: Codable {
    let userId: UUID
    let codes: Int
}
