import ArgumentParser
import Billing
import CommandKit
import Kernel

struct InvoicePreview: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show what is going to be invoiced to an organization.",
        discussion: """
            Until the end of the current period, or until what --until says: to the cent what the worker would invoice then, if nobody changes anything.

            Examples:

              saasctl billing invoice preview acme
              saasctl billing invoice preview acme --until 2027-01-01 -o json
            """)

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @Option(
        help: ArgumentHelp("Until this instant, ten years ahead at most: a time or a date.", valueName: "time"),
        transform: { try TimestampText.parse($0) })
    var until: Timestamp?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let until = until
        let subscriber = try await context.subscriber(organization)
        let now = context.clock.now()
        try context.renderer.list(
            Page(all: try await context.read("billing") { try InvoiceService.preview(for: subscriber, until: until, at: now, in: $0) }))
    }
}
