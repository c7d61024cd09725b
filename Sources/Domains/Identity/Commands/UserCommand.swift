import ArgumentParser

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Register users and look them up.", subcommands: [UserRegister.self, UserGet.self, UserList.self])
}
