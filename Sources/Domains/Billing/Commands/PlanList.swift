import ArgumentParser
import Billing
import CommandKit
import Kernel

struct PlanList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List plans, newest first.",
        discussion: "Those that can be subscribed to, unless --status says otherwise.")

    /// Which plans are shown.
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case active, retired, all

        /// `nil` for all of them.
        var status: Plan.Status? { Plan.Status(rawValue: rawValue) }
    }

    @Option(help: "Only plans in this state.")
    var status = Choice.active

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let status = status.status
        try await context.list(paging) { cursor, limit in
            try await context.read("billing") { try PlanService.list(status, before: cursor, limit: limit, in: $0) }
        }
    }
}
