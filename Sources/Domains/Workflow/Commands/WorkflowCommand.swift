public import ArgumentParser

/// `saasctl workflow`: the work inside organizations.
public struct WorkflowCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "workflow", abstract: "Projects: the work inside organizations.", subcommands: [ProjectCommand.self])

    public init() {}
}

struct ProjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Create and list projects.", subcommands: [ProjectCreate.self, ProjectList.self])
}
