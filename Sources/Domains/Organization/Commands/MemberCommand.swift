import ArgumentParser

struct MemberCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "member", abstract: "Who belongs to an organization, and in which role.",
        discussion: """
            An owner may do everything, an admin all but to act on owners, a member takes part, a viewer looks on. With --as the command is run \
            under the role of that user.
            """,
        subcommands: [MemberList.self, MemberAdd.self, MemberRemove.self, MemberRoleCommand.self])
}
