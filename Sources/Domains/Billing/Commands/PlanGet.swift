import ArgumentParser
import Billing
import CommandKit

struct PlanGet: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a plan, as its newest version has it.")

    @Argument(help: "The plan's key.")
    var plan: String

    @Option(help: ArgumentHelp("As this version has it.", valueName: "number"))
    var version: Int?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (plan, version) = (plan, version)
        try context.renderer.object(try await context.read("billing") { try PlanService.find(plan, version: version, in: $0) })
    }
}
