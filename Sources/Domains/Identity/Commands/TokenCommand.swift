import ArgumentParser

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Check access tokens.", subcommands: [TokenValidate.self, TokenMeasure.self])
}
