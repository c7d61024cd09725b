import ArgumentParser
import Billing
import BillingEvents
import CommandKit
import FoundationEssentials
import Kernel

struct InvoiceList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List invoices and credit notes, newest first.",
        discussion: """
            Of all organizations, unless one is named.

            Example: saasctl billing invoice list acme --kind credit-note
            """)

    /// Which are shown.
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case invoice
        case creditNote = "credit-note"
        case all

        /// `nil` for both.
        var kind: InvoiceKind? {
            switch self {
            case .invoice: .invoice
            case .creditNote: .creditNote
            case .all: nil
            }
        }
    }

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @Option(help: "Only these.")
    var kind = Choice.all

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let kind = kind.kind
        let id: UUID? =
            if organization != nil { try await context.organization(organization).id } else { try await context.organizationIfGiven() }
        try await context.list(paging) { cursor, limit in
            try await context.read("billing") { try InvoiceService.list(of: id, kind, before: cursor, limit: limit, in: $0) }
        }
    }
}
