import ArgumentParser
import Billing
import CommandKit
import Outbox

struct DatabaseSeed: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Create what every installation begins with: the free plan.",
        discussion: "Where the plan exists already, nothing is changed. A sandbox is seeded when it is started.")

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try await context.perform(Seed.request(), mutation) { try Seed.freePlan(in: $0, context: $1) }
    }
}
