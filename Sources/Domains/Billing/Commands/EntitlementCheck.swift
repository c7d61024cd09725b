import ArgumentParser
import Billing
import CommandKit
import Kernel

struct EntitlementCheck: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Ask whether something may be used; exits 5 where it may not.",
        discussion: """
            Of what is metered, whether so much more of it; of what has a static limit, whether there may be so many.

            Example: saasctl billing entitlement check api_calls --quantity 250 --org acme
            """)

    @Argument(help: "The entitlement's key.")
    var key: String

    @Option(help: ArgumentHelp("How much, 1 or more.", valueName: "count"))
    var quantity: Int64 = 1

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard quantity >= 1 else { throw ValidationError("--quantity must be 1 or more") }
    }

    func run(_ context: CommandContext) async throws {
        let verdict = try await context.verdict(on: key, quantity: quantity)
        try context.renderer.object(verdict)
        guard verdict.isAllowed else { throw BillingError.notEntitled(key, why: verdict.reason) }
    }
}

extension CommandContext {
    /// Of the organization that the command works on.
    func verdict(on key: String, quantity: Int64) async throws -> EntitlementVerdict {
        let subscriber = try await subscriber()
        let now = clock.now()
        return try await read("billing") {
            try EntitlementService.verdict(on: key, quantity: quantity, for: subscriber, at: now, in: $0)
        }
    }
}
