import ArgumentParser
import CommandKit
import Identity
import Kernel
import Outbox

struct SessionRefresh: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh", abstract: "Get the next access token of a session, and the next refresh token.",
        discussion: """
            A refresh token is used once. Who shows it again, by mistake or because it was stolen, ends the session: the two cannot be told apart. Of \
            two at the same moment one is the second. Everything is shown this once; --idempotency-key is refused.

            Example: saasctl identity session refresh --token-file - -o json <refresh-token
            """)

    @OptionGroup var token: RefreshTokenOption

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let token = try token.read(context)
        let request = try Mutation(of: "identity", isRepeatable: false, parameters: [String]())
        try await context.refuse(request, mutation)
        let issuer = try await TokenIssuer.of(context)
        let now = context.clock.now()
        let owner = try await context.read("identity") { try SessionService.session(of: token, at: now, in: $0) }
        let (text, claims) = try await issuer.token(userId: owner.userId, sessionId: owner.id, factors: owner.factors, at: now)
        let next = RefreshToken.random()
        try await context.decide(request, mutation) { session, operation in
            try SessionService.refresh(token, with: next, in: session, context: operation).map {
                IssuedTokens($0, accessToken: text, claims: claims, refreshToken: next)
            }
        }
    }
}
