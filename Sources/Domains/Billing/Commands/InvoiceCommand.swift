import ArgumentParser
import BillingEvents

struct InvoiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoice", abstract: "Invoices and credit notes.",
        discussion: "An invoice is final as soon as it is there: nobody can change it. A correction is a credit note.",
        subcommands: [InvoiceList.self, InvoiceGet.self, InvoicePreview.self, InvoiceCredit.self])
}
