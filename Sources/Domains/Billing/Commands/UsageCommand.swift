import ArgumentParser

struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Usage: how much of what is metered was used.",
        subcommands: [UsageRecordCommand.self, UsageGet.self])
}
