import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct DeadLetterShow: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an event that failed: why, its data, and what waits behind it.",
        discussion: """
            Several consumers may have set the same event aside, each for its own reason; all of them are shown.

            Example: saasctl dlq show 0192f3a4-5b6c-7d8e-9f01-23456789abcd -o json
            """)

    @Argument(help: "The id of the event.", transform: { try UUIDText.parse($0) })
    var id: UUID

    @Option(help: ArgumentHelp("Only what this consumer has set aside.", valueName: "consumer"))
    var consumer: ConsumerName?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (id, name) = (id, consumer?.text)
        let (desks, absence) = try await DeadLetterDesks(context, of: consumer).reachable()
        let found = try await desks.ask { try DeadLetterDesk.details(of: id, consumer: name, in: $0) }
        let letters = found.sorted { $0.key < $1.key }.flatMap(\.value)
        guard !letters.isEmpty else { throw absence ?? DeadLetterError.unknown([id], consumer: name).failure }
        try context.renderer.object(DeadLetterReport(id: id, letters: letters))
        if let absence { throw absence }
    }
}
