import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct SubscriptionCreate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Subscribe an organization whose subscription is over to a plan.",
        discussion: """
            From now on, to the newest version of the plan; with its trial, where it has one, otherwise the first period is invoiced at once. One that \
            has a subscription is moved by "sub change".

            Example: saasctl billing sub create team --org acme
            """)

    @Argument(help: "The plan's key.")
    var plan: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let plan = plan
        let subscriber = try await context.subscriber()
        let request = try Mutation(of: "billing", organization: subscriber.organizationId, parameters: ["plan": plan])
        try await context.perform(request, mutation) { session, operation in
            try SubscriptionService.create(on: plan, for: subscriber, in: session, context: operation)
        }
    }
}
