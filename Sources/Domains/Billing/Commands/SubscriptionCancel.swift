import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct SubscriptionCancel: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "End an organization's subscription.",
        discussion: """
            At the end of the period, unless --at says otherwise; until then "sub change" to the plan that it has takes that back. Now: what is left of \
            the period is given back by a credit note, and nothing may be used any more. Cancelling twice changes nothing.

            Examples:

              saasctl billing sub cancel acme
              saasctl billing sub cancel acme --at now --yes --reason 'ticket 17'
            """)

    @Argument(help: "The organization's slug or id; otherwise the one of --org.")
    var organization: String?

    @Option(help: "When.")
    var at = ChangeTime.periodEnd

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let at = at
        let subscriber = try await context.subscriber(organization)
        if at == .now, !mutation.dryRun {
            try context.refuseIfReadOnly()
            try context.confirmation.obtain(.moderate, to: "end the subscription of \"\(subscriber.label)\" at once")
        }
        let request = try Mutation(of: "billing", organization: subscriber.organizationId, parameters: ["at": at.rawValue])
        try await context.perform(request, mutation) { session, operation in
            try SubscriptionService.cancel(at, for: subscriber, in: session, context: operation)
        }
    }
}
