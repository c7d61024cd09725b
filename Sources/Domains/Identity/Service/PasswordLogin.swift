import Cryptography
import FoundationEssentials
import Kernel
public import Postgres

/// Compares passwords so that nobody learns from the answer, nor from how long it takes, whether there is such a user (OWASP Authentication
/// Cheat Sheet, "Authentication and Error Messages").
public enum PasswordLogin {
    /// - Parameter reference: an id, or an e-mail address in any case.
    /// - Parameter cost: what the profile asks of hashes; the right password is hashed anew where its hash has a lower one.
    /// - Throws: ``IdentityError/credentialsWrong``, whatever is wrong. Whether the user is disabled is looked at by who begins the session.
    public static func check(
        _ password: String, of reference: String, cost: Int, on connection: Connection
    ) async throws -> SessionService.Login {
        guard PasswordHash.isReadWhole(password) else { throw IdentityError.credentialsWrong }
        let stored = try await connection.session { try credentials(of: reference, in: $0) }
        guard let stored, let hash = stored.hash else {
            _ = try PasswordHash(bcrypt: password, cost: cost)
            throw IdentityError.credentialsWrong
        }
        guard try hash.matches(password) else {
            // A hash of a lower cost answers sooner: what is missing is made up for. Costs are logarithms, so these add up to exactly that.
            for missing in hash.cost..<max(cost, hash.cost) { _ = try PasswordHash(bcrypt: password, cost: missing) }
            throw IdentityError.credentialsWrong
        }
        return SessionService.Login(
            userId: stored.id, user: reference, passwordHash: hash,
            rehashed: hash.cost < cost ? try PasswordHash(bcrypt: password, cost: cost) : nil)
    }

    /// By what attempts are counted: the same for a user's address and id, and for nobody what was typed.
    public static func account(of reference: String, in session: Session) throws -> String {
        try credentials(of: reference, in: session)?.id.text ?? reference.lowercased()
    }

    private static func credentials(of reference: String, in session: Session) throws -> IdentityQueries.Credentials? {
        if let id = UUID(uuidString: reference) { return try session.first(IdentityQueries.credentials(id: id)) }
        guard let email = try? EmailAddress(reference) else { return nil }
        return try session.first(IdentityQueries.credentials(email: email))
    }
}
