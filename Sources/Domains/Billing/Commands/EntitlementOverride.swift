import ArgumentParser
import Billing
import BillingEvents
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct EntitlementOverride: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "override", abstract: "Grant an organization something beside its plan, or instead of what that says.",
        discussion: """
            It counts as long as there is an active subscription, whatever the plan. One flag says what; limits are written as for "plan create". \
            What the plan grants as a limit, as usage in a period or as a feature stays that: another number takes the same flag.

            Examples:

              saasctl billing entitlement override --limit projects=50 --org acme --reason 'ticket 17'
              saasctl billing entitlement override --remove projects --org acme
            """)

    @Option(help: ArgumentHelp("How many of something there may be at a time.", valueName: "key=number"))
    var limit: String?

    @Option(help: ArgumentHelp("How much of something may be used in a period.", valueName: "key=number"))
    var metered: String?

    @Option(help: ArgumentHelp("Something that may be used.", valueName: "key"))
    var feature: String?

    @Option(help: ArgumentHelp("Go by the plan again.", valueName: "key"))
    var remove: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard [limit, metered, feature, remove].compactMap({ $0 }).count == 1 else {
            throw ValidationError("give one of --limit, --metered, --feature and --remove")
        }
    }

    func run(_ context: CommandContext) async throws {
        let grant =
            try limit.map { try LimitText.parse($0, flag: "--limit", as: .static) }
            ?? metered.map { try LimitText.parse($0, flag: "--metered", as: .metered) }
            ?? feature.map { EntitlementGrant(key: $0, kind: .boolean, quantity: nil) }
        let key = grant?.key ?? remove ?? ""
        let subscriber = try await context.subscriber()
        let request = try Mutation(of: "billing", organization: subscriber.organizationId, parameters: Parameters(key: key, grant: grant))
        try await context.perform(request, mutation) { session, operation in
            try EntitlementService.override(key, by: grant, for: subscriber, in: session, context: operation).map(
                OverriddenEntitlement.init)
        }
    }

    private struct Parameters: Encodable {
        let key: String
        let grant: EntitlementGrant?
    }
}
