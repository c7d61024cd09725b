import ArgumentParser

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Register users, look them up, and let them in or not, and erase them.",
        subcommands: [UserRegister.self, UserGet.self, UserList.self, UserDisable.self, UserEnable.self, UserErase.self])
}
