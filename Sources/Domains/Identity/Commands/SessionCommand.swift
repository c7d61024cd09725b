import ArgumentParser

struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Log users in and out, and see who is logged in.",
        subcommands: [SessionLogin.self, SessionRefresh.self, SessionLogout.self, SessionList.self, SessionRevoke.self])
}
