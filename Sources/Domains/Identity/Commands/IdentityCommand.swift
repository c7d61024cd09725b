public import ArgumentParser

/// `saasctl identity`: the nouns of the identity service.
public struct IdentityCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "Users: who can log in.",
        discussion: "The identity service owns addresses, names and credentials. The other services know users by id alone.",
        subcommands: [UserCommand.self])

    public init() {}
}
