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
        let decision = try await decide("identity", context) { session, context in
            try SessionService.begin(
                login, keys: factorKeys, id: id, factors: [.password], refresh: token, in: session, context: context)
        }
        return (try decision.get(), token)
    }

    func refresh(_ token: RefreshToken, _ context: OperationContext = .ofTest()) async throws -> (
        decision: Result<Change<LoginSession>, Failure>, next: RefreshToken
    ) {
        let next = RefreshToken.random()
        let decision = try await decide("identity", context) { try SessionService.refresh(token, with: next, in: $0, context: $1) }
        return (decision, next)
    }

    func loginSession(_ id: UUID, at now: Timestamp = OperationContext.ofTest().now) async throws -> LoginSession {
        try await session { try $0.one(SessionQueries.find(id: id, at: now)) }
    }
}

extension Result<Change<LoginSession>, Failure> {
    /// The code of the refusal; `nil` where it was accepted.
    var refusal: String? {
        if case .failure(let failure) = self { failure.code.name } else { nil }
    }
}
