public import ArgumentParser
public import CommandKit

/// `completion bash|zsh|fish`: prints the script that completes the program's commands in a shell.
public struct CompletionCommand<Root: AsyncParsableCommand>: SaasctlCommand {
    public static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "completion", abstract: "Print the completion script for a shell.",
            discussion: """
                Evaluate it where the shell starts, for instance in ~/.bashrc:

                  eval "$(\(Root._commandName) completion bash)"
                """)
    }

    /// The shells that there are scripts for.
    public enum Shell: String, CaseIterable, ExpressibleByArgument, Sendable {
        case bash, zsh, fish
    }

    @Argument(help: "The shell.")
    var shell: Shell

    @OptionGroup(title: "Global options") public var global: GlobalOptions

    public init() {}

    public func run(_ context: CommandContext) async throws {
        let script =
            switch shell {
            case .bash: try CompletionScript.text(root: Root.self, shell: .bash)
            case .zsh: try CompletionScript.text(root: Root.self, shell: .zsh)
            case .fish: try CompletionScript.text(root: Root.self, shell: .fish)
            }
        try context.io.write(script)
    }
}
