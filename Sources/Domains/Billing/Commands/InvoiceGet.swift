import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel

struct InvoiceGet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show an invoice or a credit note, with its lines.",
        discussion: "Example: saasctl billing invoice get 3 --org acme")

    @Argument(help: "Its id, or with --org its number.")
    var invoice: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try context.renderer.object(try await context.invoice(invoice))
    }
}
