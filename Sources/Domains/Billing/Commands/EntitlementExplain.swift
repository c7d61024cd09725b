import ArgumentParser
import Billing
import CommandKit
import Kernel

struct EntitlementExplain: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show which plan version, override and usage decide what may be used.",
        discussion: "Example: saasctl billing entitlement explain api_calls --org acme")

    @OptionGroup var question: EntitlementQuestion
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.renderer.object(try await question.verdict(context))
    }
}
