import ArgumentParser

struct PasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Change passwords, and reset lost ones.",
        discussion: "Nobody but the user chooses a password: an operator starts a reset, and passes on the token that it shows.",
        subcommands: [PasswordRequest.self, PasswordReset.self, PasswordChange.self])
}
