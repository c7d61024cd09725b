import ArgumentParser

struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Invite people to an organization by e-mail address.",
        discussion: """
            An invitation is for whoever has the address, with an account or without one. Its token is shown once, by the command that sends it; with \
            the token it is accepted or rejected, until it expires or is revoked. Of an address there is one open invitation at a time.
            """,
        subcommands: [InviteList.self, InviteSend.self, InviteAccept.self, InviteReject.self, InviteRevoke.self])
}
