import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization

struct SagaList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List sagas, newest first.",
        discussion: """
            Those that have not ended, unless --state says otherwise. With --org those of that organization.

            Example: saasctl saga list --state failed
            """)

    /// Which sagas are shown.
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case open, running, failed, waiting, completed, compensating
        case compensationFailed = "compensation_failed"
        case compensated, all

        var states: [Saga.State] {
            switch self {
            case .open: Saga.State.allCases.filter { !$0.hasEnded }
            case .all: Saga.State.allCases
            default: Saga.State.allCases.filter { $0.rawValue == rawValue }
            }
        }
    }

    @Option(help: "Only sagas in this state; open: all that have not ended.")
    var state = Choice.open

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let organization = try await context.organizationIfGiven()
        let states = state.states
        try await context.list(paging) { cursor, limit in
            try await context.read("organization") {
                try SagaService.list(states, of: organization, before: cursor, limit: limit, in: $0)
            }
        }
    }
}
