import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "The keys that sign access tokens.",
        subcommands: [KeyList.self, KeyRotate.self, KeyJWKS.self])
}
