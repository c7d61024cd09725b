import ArgumentParser
import CommandKit
import Identity
import Kernel

struct KeyRotate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Sign with a new key from now on; the first time, make one.",
        discussion: """
            What the former key has signed is accepted for a while, and the key stays among those of "identity key jwks" as long. After a leak, \
            --overlap 0s ends that at once: everybody has to refresh.

            Examples:

              saasctl identity key rotate
              saasctl identity key rotate --overlap 0s --yes --reason 'master key leaked'
            """)

    /// As long as an access token lives at least, or none at all.
    static let overlaps = Duration.seconds(AccessClaims.lifetime)...Duration.seconds(90 * 86_400)

    @Option(
        help: ArgumentHelp("How long the former key is accepted: 15m to 90d, or 0s.", valueName: "duration"),
        transform: { $0 == "0s" ? .zero : try DurationText.parse($0) })
    var overlap: Duration = SigningKeyService.overlap

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard overlap == .zero || Self.overlaps.contains(overlap) else { throw ValidationError("--overlap must be 15m to 90d, or 0s") }
    }

    func run(_ context: CommandContext) async throws {
        let overlap = overlap
        if overlap == .zero, !mutation.dryRun {
            try context.confirmation.obtain(.moderate, to: "refuse every access token that is out")
        }
        let key = try context.key(for: SigningKeyService.keyPurpose)
        let request = try Mutation(of: "identity", parameters: ["overlap": "\(overlap)"])
        try await context.perform(request, mutation) { session, operation in
            try SigningKeyService.rotate(overlap: overlap, key: key, in: session, context: operation)
        }
    }
}
