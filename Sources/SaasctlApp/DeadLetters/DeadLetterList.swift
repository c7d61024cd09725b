import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct DeadLetterList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the events that failed, oldest first.",
        discussion: """
            Shows what is tried again and what is dead; what is parked behind them is counted, and shown with --state parked. An aggregate \
            has one such event at most. With --org, only events of that organization. Where a database cannot be reached, the list is of the \
            others, and the command exits with 69.

            Examples:

              saasctl dlq list
              saasctl dlq list --consumer billing --state dead -o name
            """)

    @Option(help: ArgumentHelp("Only those of this consumer.", valueName: "consumer"))
    var consumer: ConsumerName?

    @Option(help: ArgumentHelp("Only events of this service.", valueName: "service"), completion: .list(Registry.services))
    var source: String?

    @Option(help: ArgumentHelp("Only those in this state.", valueName: "state"))
    var state: DeadLetter.State?

    @Option(
        help: ArgumentHelp("Only this type: saas.organization.created, with or without its version.", valueName: "type"),
        transform: { try EventTypeText.parse($0) })
    var type: String?

    @Option(help: ArgumentHelp("Only events of this object.", valueName: "uuid"), transform: { try UUIDText.parse($0) })
    var aggregate: UUID?

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        var filter = DeadLetterFilter()
        filter.consumer = consumer?.text
        filter.source = try source.map { try context.service($0, flag: "--source") }
        filter.states = state.map { [$0] } ?? DeadLetterFilter.heads
        filter.type = type
        filter.subject = aggregate
        filter.organizationId = try await context.organizationIfGiven()
        let (desks, absence) = try await DeadLetterDesks(context, of: consumer).reachable()
        try await context.list(paging) { [filter] cursor, limit in
            try await desks.page(filter, after: cursor, limit: limit)
        }
        if let absence { throw absence }
    }
}
