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

    @OptionGroup var question: EntitlementQuestion
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let verdict = try await question.verdict(context)
        try context.renderer.object(verdict)
        guard verdict.isAllowed else { throw BillingError.notEntitled(question.key, why: verdict.reason) }
    }
}
