import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct PlanRetire: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Keep everybody from subscribing to a plan.",
        discussion: """
            Who has subscribed stays on it. The plan of new organizations cannot be retired. Retiring twice changes nothing.

            Example: saasctl billing plan retire team --reason 'replaced by team-2027'
            """)

    @Argument(help: "The plan's key.")
    var plan: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let plan = plan
        let request = try Mutation(of: "billing", parameters: ["plan": plan])
        try await context.perform(request, mutation) { session, operation in
            try PlanService.retire(plan, in: session, context: operation)
        }
    }
}
