import CommandKit
import Configuration
import Identity
import Kernel
import Postgres

/// A password that somebody has shown, compared and counted.
struct PasswordAttempt: Sendable {
    /// `nil` where the user or the password is wrong.
    let login: SessionService.Login?
    /// To be cleared in the transaction of what the right password was for.
    let admission: AttemptAdmission

    /// Counts the attempt, which is committed before the password is looked at, and compares.
    ///
    /// - Parameter source: where the attempt comes from; otherwise the account that the process runs under.
    /// - Throws: ``IdentityError/tooManyAttempts(until:)``.
    static func make(_ password: String, of user: String, source: String? = nil, _ context: CommandContext) async throws -> PasswordAttempt
    {
        let account = try await context.read("identity") { try PasswordLogin.account(of: user, in: $0) }
        let throttle = AttemptThrottle(
            account: account, source: source ?? context.services.operatorAccount, key: try context.key(for: AttemptThrottle.keyPurpose))
        let connection = try await context.services.connection(to: "identity")
        let now = context.clock.now()
        let admission = try await connection.transaction { try throttle.admit(in: $0, at: now) }
        do {
            let cost = try context.services.profile().passwordCost
            return PasswordAttempt(
                login: try await PasswordLogin.check(password, of: user, cost: cost, on: connection), admission: admission)
        } catch IdentityError.credentialsWrong {
            return PasswordAttempt(login: nil, admission: admission)
        }
    }

    /// What a dry run has cleared was undone with the rest; this clears it for good, because it was not in vain.
    func clear(afterDryRun isDryRun: Bool, _ context: CommandContext) async throws {
        guard isDryRun else { return }
        try await context.services.connection(to: "identity").transaction { try admission.clear(in: $0) }
    }
}
