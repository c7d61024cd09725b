import Cryptography
import FoundationEssentials
import IdentityEvents
import Kernel
import Outbox
import Postgres
import TestSupport

@testable import Identity

/// The lowest cost that bcrypt has: what is tested is what becomes of hashes.
func hash(_ password: String, cost: Int = 4) throws -> PasswordHash {
    try PasswordHash(bcrypt: password, cost: cost)
}

extension OperationContext {
    /// So long after the instant of ``ofTest(at:)``.
    static func ofTest(after duration: Duration) -> OperationContext {
        .ofTest(at: OperationContext.ofTest().now.advanced(by: duration))
    }
}

extension Connection {
    /// Registers a user whose password has this hash.
    @discardableResult
    func register(_ email: String, hashed password: PasswordHash) async throws -> User {
        let user = try await register(email).value
        try await execute("update users set password_hash = \(password.text) where id = \(user.id)")
        return user
    }

    /// Begins a session of a user whose password has this hash.
    @discardableResult
    func begin(
        _ user: User, _ password: PasswordHash, id: UUID = .numbered(0x51), _ context: OperationContext = .ofTest()
    ) async throws -> (change: Change<LoginSession>, token: RefreshToken) {
        let token = RefreshToken.random()
        let login = SessionService.Login(userId: user.id, user: user.email ?? "", passwordHash: password)
        let decision = try await decide(context) { session, context in
            try SessionService.begin(
                login, keys: factorKeys, id: id, factors: [.password], refresh: token, in: session, context: context)
        }
        return (try decision.get(), token)
    }

    /// Decides as the frame of a mutation does: a refusal is committed with what it leaves behind.
    func refresh(_ token: RefreshToken, _ context: OperationContext = .ofTest()) async throws -> (
        decision: Decision<LoginSession>, next: RefreshToken
    ) {
        let next = RefreshToken.random()
        let decision = try await transaction { session in
            let decision = try SessionService.refresh(token, with: next, in: session, context: context)
            let told =
                switch decision {
                case .accepted(let change): change.events
                case .refused(_, let change): change.events
                }
            try OutboxWriter(service: "identity").append(told, in: session, context: context)
            return decision
        }
        return (decision, next)
    }

    func loginSession(_ id: UUID, at now: Timestamp = OperationContext.ofTest().now) async throws -> LoginSession {
        try await session { try $0.one(SessionQueries.find(id: id, at: now)) }
    }
}

extension Decision {
    /// The code of the refusal; `nil` where it was accepted.
    var refusal: String? {
        if case .refused(let failure, _) = self { failure.code.name } else { nil }
    }
}
