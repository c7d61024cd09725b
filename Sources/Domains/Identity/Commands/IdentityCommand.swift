public import ArgumentParser

/// `saasctl identity`: the nouns of the identity service.
public struct IdentityCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "Users, their sessions and tokens: who can log in, and who is.",
        discussion: "The identity service owns addresses, names and credentials. The other services know users by id alone.",
        subcommands: [
            UserCommand.self, PasswordCommand.self, MfaCommand.self, SessionCommand.self, TokenCommand.self, KeyCommand.self,
        ])

    public init() {}
}
