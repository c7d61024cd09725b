public import ArgumentParser

/// `saasctl workflow`: the work inside organizations.
public struct WorkflowCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "workflow", abstract: "Projects and tasks: the work inside organizations.",
        subcommands: [ProjectCommand.self, TaskCommand.self])

    public init() {}
}
