import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Identity

let resetKey = [UInt8](repeating: 9, count: 32)
let factorKeys = SecondFactorKeys { Array(SHA256.hash(Array($0.utf8))) }

extension OperationContext {
    /// What a user does for themselves.
    static func ofTest(by user: User) -> OperationContext {
        let context = OperationContext.ofTest()
        return OperationContext(now: context.now, actor: .user(user.id), correlationId: context.correlationId)
    }
}

extension Connection {
    @discardableResult
    func requestReset(
        of user: User, lifetime: PasswordResetLifetime = .standard, _ context: OperationContext = .ofTest()
    ) async throws -> Change<RequestedPasswordReset> {
        try await change("identity", context) { session, context in
            try PasswordService.request(
                for: user.id, label: "label", lifetime: lifetime, key: resetKey, in: session, context: context)
        }
    }

    @discardableResult
    func reset(_ token: String, to password: String, _ context: OperationContext = .ofTest()) async throws -> Change<User> {
        let token = try #require(PasswordResetToken(token))
        let password = try NewPassword.ofTest(password)
        return try await change("identity", context) { session, context in
            try PasswordService.reset(token, to: password, in: session, context: context)
        }
    }

    /// As a command does that has compared the old password.
    @discardableResult
    func changePassword(
        of user: User, to password: String, keeping kept: UUID? = nil, _ context: OperationContext = .ofTest()
    ) async throws -> Change<User> {
        let compared = PasswordHash(stored: try await passwordHash(of: user))
        let password = try NewPassword.ofTest(password)
        return try await change("identity", context) { session, context in
            try PasswordService.change(
                of: user.id, label: "label", from: compared, to: password, keeping: kept, in: session, context: context)
        }
    }

    func passwordHash(of user: User) async throws -> String {
        try await fetchOne("select coalesce(password_hash, '') from users where id = \(user.id)")
    }

    /// Whether this is the user's password.
    func accepts(_ password: String, of user: User) async throws -> Bool {
        try PasswordHash(stored: try await passwordHash(of: user)).matches(password)
    }

    /// A live session, as logging in would make it.
    @discardableResult
    func makeSession(of user: User, _ number: UInt64) async throws -> UUID {
        let id = UUID.numbered(number)
        let now = OperationContext.ofTest().now
        try await execute(
            """
            insert into sessions (id, user_id, factors, created_at, refreshed_at, expires_at)
            values (\(id), \(user.id), '{password}', \(now), \(now), \(now.advanced(by: .seconds(7 * 86_400))))
            """)
        return id
    }

    func types() async throws -> [String] {
        try await outbox(of: "identity").map(\.type)
    }
}

/// An authenticator app.
struct App {
    let secret: OneTimePasswordSecret

    func code(after duration: Duration = .zero) -> SecondFactorCode {
        SecondFactorCode(secret.code(at: OneTimePasswordSecret.step(at: OperationContext.ofTest().now.advanced(by: duration))))
    }
}

extension Connection {
    func factor(of user: User) async throws -> SecondFactor? {
        try await session { try $0.first(SecondFactorQueries.find(of: user.id)) }
    }

    @discardableResult
    func enrol(_ user: User, _ context: OperationContext = .ofTest()) async throws -> (change: Change<SecondFactorEnrolment>, app: App) {
        let change = try await change("identity", context) { session, context in
            try SecondFactorService.enrol(
                user.id, label: "label", issuer: "saasctl", keys: factorKeys, in: session, context: context)
        }
        let factor = try #require(try await factor(of: user))
        return (change, App(secret: try factor.secret(factorKeys)))
    }

    @discardableResult
    func verify(
        _ code: SecondFactorCode, of user: User, _ context: OperationContext = .ofTest()
    ) async throws -> Result<Change<RecoveryCodes>, Failure> {
        try await decide("identity", context) { session, context in
            try SecondFactorService.verify(code, of: user.id, label: "label", keys: factorKeys, in: session, context: context)
        }
    }

    /// A user whose second factor was turned on two minutes before ``OperationContext/ofTest(at:)``.
    func userWithSecondFactor() async throws -> (user: User, app: App, codes: [String]) {
        let user = try await register("ada@example.org", password: .ofTest("correct horse")).value
        let before = OperationContext.ofTest(after: .seconds(-120))
        let app = try await enrol(user, before).app
        let verified = try await verify(app.code(after: .seconds(-120)), of: user, before)
        return (user, app, try verified.get().value.recoveryCodes)
    }

    /// Shows a code as logging in does.
    @discardableResult
    func prove(
        _ code: SecondFactorCode?, of user: User, _ context: OperationContext = .ofTest()
    ) async throws -> Result<LoginFactor?, Failure> {
        try await transaction { session in
            let locked = try LockedUser.take(user.id, label: "label", in: session)
            switch try SecondFactorService.proof(of: locked, code: code, keys: factorKeys, in: session, context: context) {
            case nil: return .success(nil)
            case .accepted(let factor, _): return .success(factor)
            case .refused(let failure, _): return .failure(failure)
            }
        }
    }
}

/// What each of sixteen got, all at once, on connections of their own.
func sixteen<Value: Sendable>(
    _ body: @escaping @Sendable (Int, Connection) async throws -> Value
) async throws -> [Result<Value, CredentialError>] {
    try await withThrowingTaskGroup(of: Result<Value, CredentialError>.self) { group in
        for (number, connection) in try await connections(16).enumerated() {
            group.addTask {
                do {
                    return .success(try await body(number, connection))
                } catch let error as CredentialError {
                    return .failure(error)
                }
            }
        }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
