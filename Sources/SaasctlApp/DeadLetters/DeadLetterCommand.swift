import ArgumentParser

struct DeadLetterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dlq", abstract: "Events that a consumer could not apply, and what waits behind them.",
        discussion: """
            An event that fails is tried again, with growing pauses; after the last attempt it is dead and waits for one of these commands. \
            Later events of its aggregate are parked behind it, in order; everything else flows on.
            """,
        subcommands: [DeadLetterList.self, DeadLetterShow.self, DeadLetterRetryCommand.self, DeadLetterDiscardCommand.self])
}
