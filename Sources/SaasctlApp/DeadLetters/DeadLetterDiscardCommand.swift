import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct DeadLetterDiscardCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard", abstract: "Give up events for one consumer, for good.",
        discussion: """
            The consumer never sees the events; what is parked behind them is tried by the next run of the worker. The events themselves stay \
            in their outbox and in the audit log, which also records that they were discarded, and why: --reason is needed. Asks for the \
            event's id, or for the consumer's name where there are several or with --all; --confirm answers. With --org, --all means all of \
            that organization.

            Examples:

              saasctl dlq discard "$event" --consumer billing --reason 'ticket 17'
              saasctl dlq discard --all --consumer billing --reason 'ticket 17'
            """)

    @Argument(help: "The ids of the events.", transform: { try UUIDText.parse($0) })
    var ids: [UUID] = []

    @OptionGroup var choice: DeadLetterChoice

    @Option(help: ArgumentHelp("The consumer that is not to see them.", valueName: "consumer"))
    var consumer: ConsumerName

    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        try choice.validate(hasIds: !ids.isEmpty, hasConsumer: true)
        if mutation.reason == nil { throw ValidationError("--reason is needed: it is all that tells later why an event is missing") }
    }

    func run(_ context: CommandContext) async throws {
        try context.refuseIfReadOnly()
        let organization = choice.all ? try await context.organizationIfGiven() : nil
        var filter = choice.filter(of: consumer, in: organization)
        var parameters = choice.parameters(of: consumer, in: organization)
        if !choice.all {
            let ids = Set(ids).sorted()
            filter.ids = ids
            filter.states = Set(DeadLetter.State.allCases)
            parameters["id"] = ids.map(\.text).joined(separator: ",")
        }
        let service = consumer.consumer.service
        let letters = try await context.read(service) { [filter] in try DeadLetterDesk.find(filter, in: $0) }
        // What comes while the question is asked is not part of the answer.
        filter.upToTurn = letters.last?.turn ?? 0
        // One that is not there is told below, or was discarded by this very command before.
        if !mutation.dryRun, !letters.isEmpty { try confirm(letters, context) }
        let request = try Mutation(of: service, parameters: parameters)
        try await context.perform(request, mutation) { [filter] session, _ in try DeadLetterDesk.discard(filter, in: session) }
    }

    private func confirm(_ letters: [DeadLetterSummary], _ context: CommandContext) throws {
        guard let id = ids.first, Set(ids).count == 1 else {
            let what = letters.count == 1 ? "1 event" : "\(letters.count) events"
            // What is named by id is discarded whomever it is about.
            let organization = choice.all ? global.organization(environment: context.environment) : nil
            let place = organization.map { " about organization \"\($0)\"" } ?? ""
            return try context.confirmation.obtain(
                .severe(name: consumer.text), to: "discard \(what)\(place) of consumer \"\(consumer.text)\"",
                confirm: confirmation.confirm)
        }
        let given = confirmation.confirm.map { UUID(uuidString: $0)?.text ?? $0 }
        let types = letters.map { "\($0.type), \($0.state.rawValue), \($0.parkedBehind) parked behind it" }.joined(separator: "; ")
        try context.confirmation.obtain(
            .severe(name: id.text), to: "discard event \"\(id.text)\" for consumer \"\(consumer.text)\" (\(types))", confirm: given)
    }
}
