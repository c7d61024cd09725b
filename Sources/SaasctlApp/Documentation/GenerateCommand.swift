public import ArgumentParser
public import CommandKit

/// `generate`: writes `completions/`, `man/` and the documents about events anew; for those who work on the program.
public struct GenerateCommand<Root: AsyncParsableCommand>: SaasctlCommand {
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "generate", abstract: "Write the generated files of the repository anew.",
            shouldDisplay: false)
    }

    @Option(help: ArgumentHelp("The root of the repository.", valueName: "folder"), completion: .directory)
    var folder = "."

    @OptionGroup(title: "Global options") public var global: GlobalOptions

    public init() {}

    public func run(_ context: CommandContext) async throws {
        for path in try GeneratedFiles.write(root: Root.self, to: folder) {
            try context.io.write(path + "\n")
        }
    }
}
