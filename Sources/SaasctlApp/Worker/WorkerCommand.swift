import ArgumentParser

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Carry events from the services that publish them to those that consume them.",
        discussion: "Without a subcommand it runs: saasctl worker is short for saasctl worker run.",
        subcommands: [
            WorkerRunCommand.self, WorkerStatusCommand.self, WorkerLastRunCommand.self, WorkerReplayCommand.self, WorkerRebaseCommand.self,
            WorkerBenchCommand.self, WorkerBenchLaneCommand.self,
        ],
        defaultSubcommand: WorkerRunCommand.self)
}
