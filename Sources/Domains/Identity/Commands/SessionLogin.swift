import ArgumentParser
import CommandKit
import Configuration
import Cryptography
import FoundationEssentials
import Identity
import IdentityEvents
import Kernel
import Outbox
import Postgres

struct SessionLogin: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Begin a session of a user who knows the password.",
        discussion: """
            Shows an access token, which is valid for 15 minutes and names the session, and a refresh token, with which "identity session refresh" gets \
            the next ones for 7 days. Both are shown this once; --idempotency-key is refused.

            Whether the user or the password is wrong is not said. After five attempts in vain an account has to wait, longer each time, and so \
            has a source after twenty: exit 75 says until when. An attempt in vain counts in a dry run too. --source names where the attempt comes from, \
            the address of a client for instance; otherwise it is the account that saasctl runs under.

            Where a second factor is on, --code-file leads to a code of the app or a recovery code; without one exit 4 and MFA_REQUIRED say so. Where \
            both files are -, standard input has the password in its first line and the code in its second.

            Examples:

              saasctl identity session login ada@example.org
              saasctl identity session login ada@example.org --password-file - -o json <secret
            """)

    @Argument(help: "The user's e-mail address or id.")
    var user: String

    @Option(
        help: ArgumentHelp(
            "Take the password from the first line of this file; - is standard input. Otherwise you are asked.", valueName: "file"),
        completion: .file())
    var passwordFile: String?

    @OptionGroup var code: SecondFactorCodeOption

    @Option(help: ArgumentHelp("Where the attempt comes from.", valueName: "address"))
    var source: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard source.map({ $0.isPrintableLine(ofLength: 1...200) }) ?? true else {
            throw ValidationError("--source must be 1 to 200 printable characters on one line")
        }
    }

    func run(_ context: CommandContext) async throws {
        let request = try Mutation(of: "identity", isRepeatable: false, parameters: [String]())
        try await context.refuse(request, mutation)
        let user = user
        let password = try context.secret(from: passwordFile, flag: "--password-file", asking: "Password: ")
        let code = try code.read(context)
        let attempt = try await PasswordAttempt.make(password, of: user, source: source, context)
        guard let login = attempt.login else { throw IdentityError.credentialsWrong }
        var factors = [LoginFactor.password]
        if try await context.read("identity", { try SecondFactorService.isOn(for: login.userId, in: $0) }) {
            guard let code else { throw CredentialError.mfaRequired }
            factors.append(code.factor)
        }

        let issuer = try await TokenIssuer.of(context)
        let now = context.clock.now()
        let id = UUID.version7(at: now)
        let (token, claims) = try await issuer.token(userId: login.userId, sessionId: id, factors: factors, at: now)
        let refresh = RefreshToken.random()
        let keys = try context.secondFactorKeys()
        try await context.decide(request, mutation) { [factors] session, operation in
            let begun = try SessionService.begin(
                login, code: code, keys: keys, id: id, factors: factors, refresh: refresh, in: session, context: operation)
            if case .accepted = begun { try attempt.admission.clear(in: session) }
            return begun.map { IssuedTokens($0, accessToken: token, claims: claims, refreshToken: refresh) }
        }
        try await attempt.clear(afterDryRun: mutation.dryRun, context)
    }
}
