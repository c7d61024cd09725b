import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct DeadLetterRetryCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have events that failed tried again now.",
        discussion: """
            The next run of the worker tries them, with all their attempts before them, and goes on, in order, with what is parked behind each \
            that succeeds. An event that is parked itself is refused: its turn comes after the one it waits for. With --org, --all means all of \
            that organization.

            Examples:

              saasctl dlq retry 0192f3a4-5b6c-7d8e-9f01-23456789abcd
              saasctl dlq retry --all --consumer billing --state dead
            """)

    @Argument(help: "The ids of the events.", transform: { try UUIDText.parse($0) })
    var ids: [UUID] = []

    @OptionGroup var choice: DeadLetterChoice

    @Option(help: ArgumentHelp("Only what this consumer has set aside.", valueName: "consumer"))
    var consumer: ConsumerName?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        try choice.validate(hasIds: !ids.isEmpty, hasConsumer: consumer != nil)
        if choice.state == .parked { throw ValidationError("--state must be retrying or dead: what is parked waits for one of those") }
    }

    func run(_ context: CommandContext) async throws {
        try context.refuseIfReadOnly()
        let desks = DeadLetterDesks(context, of: consumer)
        if let consumer, choice.all {
            let filter = choice.filter(of: consumer, in: try await context.organizationIfGiven())
            let request = try Mutation(
                of: consumer.consumer.service, parameters: choice.parameters(of: consumer, in: filter.organizationId))
            return try await context.perform(request, mutation) { session, operation in
                try DeadLetterDesk.retry(filter, at: operation.now, in: session)
            }
        }
        var filter = DeadLetterFilter()
        filter.consumer = consumer?.text
        filter.ids = Set(ids).sorted()
        try await desks.retry(Set(ids).sorted(), filter, mutation)
    }
}
