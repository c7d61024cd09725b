import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct SubscriptionChange: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Move an organization to another plan, or to the newest version of its own.",
        discussion: """
            A plan of a higher monthly value is taken at once, with an invoice for what is left of the period, less what is left of it on the old plan; \
            another plan is taken at the end of the period. --at says otherwise. Moving to the plan that it has takes back what was to happen at the \
            end of the period. "sub preview" shows what it comes to.

            Examples:

              saasctl billing sub change business --org acme
              saasctl billing sub change team --at now --org acme --reason 'ticket 17'
            """)

    @Argument(help: "The plan's key.")
    var plan: String

    @Option(help: "When; otherwise a higher plan now, another at the end of the period.")
    var at: ChangeTime?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (plan, at) = (plan, at)
        let subscriber = try await context.subscriber()
        let request = try Mutation(
            of: "billing", organization: subscriber.organizationId, parameters: ["plan": plan, "at": at?.rawValue])
        try await context.perform(request, mutation) { session, operation in
            try SubscriptionService.change(to: plan, at, for: subscriber, in: session, context: operation)
        }
    }
}
