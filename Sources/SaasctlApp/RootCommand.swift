public import ArgumentParser
import Kernel
import OrganizationCommands

/// `saasctl` itself: the domains and what serves them all.
public struct RootCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "saasctl", abstract: "Run the back office of a multi-tenant SaaS from the command line.",
        discussion: """
            Every command opens the database of its service, makes its change and stores the change's events in one transaction; the worker \
            carries events to the other services.

            To begin, in a sandbox:

              saasctl sandbox start
              saasctl identity user register ada@example.org
              saasctl org create acme --owner ada@example.org
              saasctl worker run --once
              saasctl billing sub get acme
            """,
        version: SaasctlVersion.current.description, subcommands: [GenerateCommand<RootCommand>.self],
        groupedSubcommands: [
            CommandGroup(name: "Services", subcommands: Registry.domains.map { $0.command as any ParsableCommand.Type }),
            CommandGroup(
                name: "Operation",
                subcommands: [
                    HealthCommand.self, MetricsCommand.self, WorkerCommand.self, DeadLetterCommand.self, SagaCommand.self,
                    DatabaseCommand.self, SandboxCommand.self,
                ]),
            CommandGroup(name: "Console", subcommands: [ReplCommand.self, CompletionCommand<RootCommand>.self]),
        ])

    public init() {}
}
