import ArgumentParser
import Billing
import CommandKit
import Kernel

struct EntitlementExplain: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Show which plan version, override and usage decide what may be used.",
        discussion: "Example: saasctl billing entitlement explain api_calls --org acme")

    @Argument(help: "The entitlement's key.")
    var key: String

    @Option(help: ArgumentHelp("How much, 1 or more.", valueName: "count"))
    var quantity: Int64 = 1

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard quantity >= 1 else { throw ValidationError("--quantity must be 1 or more") }
    }

    func run(_ context: CommandContext) async throws {
        try context.renderer.object(try await context.verdict(on: key, quantity: quantity))
    }
}
