import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel

struct SubscriptionList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List subscriptions, newest first.",
        discussion: """
            Those that are active, of all organizations, unless --status or --org says otherwise.

            Example: saasctl billing sub list --plan team --all
            """)

    /// Which subscriptions are shown.
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case active, cancelled, all

        /// `nil` for all of them.
        var status: Subscription.Status? { Subscription.Status(rawValue: rawValue) }
    }

    @Option(help: "Only subscriptions in this state.")
    var status = Choice.active

    @Option(help: ArgumentHelp("Only those to this plan, in any version of it.", valueName: "plan"))
    var plan: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (status, plan) = (status.status, plan)
        let organization = try await context.organizationIfGiven()
        let now = context.clock.now()
        try await context.list(paging) { cursor, limit in
            try await context.read("billing") {
                try SubscriptionService.list(status, of: organization, on: plan, before: cursor, limit: limit, at: now, in: $0)
            }
        }
    }
}
