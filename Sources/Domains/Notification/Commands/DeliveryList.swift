import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Notification

struct DeliveryList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List deliveries, newest first.",
        discussion: """
            With --org only those about that organization.

            Examples:
              saasctl notification delivery list --state failed
              saasctl notification delivery list --user ada@example.org
            """)

    @Option(help: "Only deliveries in this state.")
    var state: Delivery.State?

    @Option(help: ArgumentHelp("Only deliveries to this user: e-mail address or id.", valueName: "user"))
    var user: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        var filter = DeliveryFilter(state: state, organizationId: try await context.organizationIfGiven())
        if let user { filter.userId = try await context.services.directory.knownUserId(user) }
        let asked = filter
        try await context.list(paging) { cursor, limit in
            try await context.read("notification") { try DeliveryService.deliveries(asked, before: cursor, limit: limit, in: $0) }
        }
    }
}
