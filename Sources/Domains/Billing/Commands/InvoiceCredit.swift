import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct InvoiceCredit: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "credit", abstract: "Correct an invoice by a credit note.",
        discussion: """
            The invoice stays as it is. Gives back all of it, or --amount; never more than is left of it after earlier corrections.

            Example: saasctl billing invoice credit 3 --org acme --amount '5.00 EUR' --reason 'ticket 17'
            """)

    @Argument(help: "Its id, or with --org its number.")
    var invoice: String

    @Option(help: ArgumentHelp("How much, with the currency; otherwise all that is left.", valueName: "amount"))
    var amount: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let amount = try amount.map { try Money(text: $0) }
        let found = try await context.invoice(invoice)
        let request = try Mutation(
            of: "billing", organization: found.organizationId,
            parameters: ["invoice": found.id.text, "amount": amount?.description])
        try await context.perform(request, mutation) { session, operation in
            try InvoiceService.credit(found.id, amount, in: session, context: operation)
        }
    }
}
