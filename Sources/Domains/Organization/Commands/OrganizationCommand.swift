public import ArgumentParser

/// `saasctl org`: the organizations.
public struct OrganizationCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "org", abstract: "Organizations: the customers that everything else belongs to.",
        subcommands: [
            OrganizationCreate.self, OrganizationGet.self, OrganizationList.self, OrganizationRename.self, OrganizationDelete.self,
            OrganizationRestore.self, MemberCommand.self, InviteCommand.self,
        ])

    public init() {}
}
