import ArgumentParser
import Billing
import BillingEvents
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct PlanCreate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a plan, or another version of one.",
        discussion: """
            Of a plan that exists this makes another version, with all that is given here and nothing else; one that is the same makes none.

            Limits are KEY=NUMBER or KEY=unlimited. KEY=NUMBER:soft tells when it is reached, and forbids nothing.

            Examples:

              saasctl billing plan create team --price '19.99 EUR' --limit projects=20 --limit members=10:soft --feature sso
              saasctl billing plan create team-yearly --price '199 EUR' --period year --trial-days 14 --metered api_calls=100000
            """)

    @Argument(help: "What scripts call the plan: 2 to 63 lower-case letters, digits and single hyphens.")
    var plan: String

    @Option(help: ArgumentHelp("The name that people read; otherwise the one that it has, or its key.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("What a period costs, with the currency: '19.99 EUR', '500 JPY', '0 EUR'.", valueName: "amount"))
    var price: String

    @Option(help: "How long a period is that is paid for.")
    var period = BillingPeriod.month

    @Option(help: ArgumentHelp("For so many days a new subscriber pays nothing.", valueName: "days"))
    var trialDays = 0

    @Option(
        name: .customLong("limit"), help: ArgumentHelp("How many of something there may be at a time; repeat it.", valueName: "key=number"))
    var limits: [String] = []

    @Option(help: ArgumentHelp("How much of something may be used in a period; repeat it.", valueName: "key=number"))
    var metered: [String] = []

    @Option(name: .customLong("feature"), help: ArgumentHelp("Something that may be used, or not; repeat it.", valueName: "key"))
    var features: [String] = []

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let draft = PlanDraft(
            slug: plan, name: name?.trimmed ?? plan, isDefault: false, price: try Money(text: price), period: period,
            entitlements: try limits.map { try LimitText.parse($0, flag: "--limit", as: .static) }
                + metered.map { try LimitText.parse($0, flag: "--metered", as: .metered) }
                + features.map { EntitlementGrant(key: $0, kind: .boolean, quantity: nil) },
            trialDays: trialDays)
        let name = name?.trimmed
        let request = try Mutation(of: "billing", parameters: Parameters(draft, name: name))
        try await context.perform(request, mutation) { session, operation in
            try PlanService.publish(draft, name: name, in: session, context: operation)
        }
    }

    private struct Parameters: Encodable {
        let plan: String
        let name: String?
        let price: Money
        let period: BillingPeriod
        let trialDays: Int
        let entitlements: [EntitlementGrant]

        init(_ draft: PlanDraft, name: String?) {
            plan = draft.slug
            self.name = name
            price = draft.price
            period = draft.period
            trialDays = draft.trialDays
            entitlements = draft.entitlements
        }
    }
}
