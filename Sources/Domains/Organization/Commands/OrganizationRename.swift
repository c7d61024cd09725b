import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct OrganizationRename: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give an organization another name or slug.",
        discussion: """
            Scripts that use the former slug go on finding the organization, and no other organization can take it.

            Examples:
              saasctl org rename acme 'Acme SE'
              saasctl org rename acme --slug acme-europe
            """)

    static let actsForUsers = true

    @Argument(help: "The organization's slug or id.")
    var organization: String

    @Argument(help: "The new name.")
    var name: String?

    @Option(help: ArgumentHelp("The new slug.", valueName: "slug"))
    var slug: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        guard name != nil || slug != nil else { throw ValidationError("give the new name, --slug, or both") }
    }

    func run(_ context: CommandContext) async throws {
        let name = try name.map { try OrganizationName($0) }
        let slug = try slug.map { try Slug($0) }
        let (id, label) = try await context.organization(organization)
        let request = try Mutation(
            of: "organization", organization: id, permission: .members,
            parameters: ["organization": id.uuidString, "name": name?.text, "slug": slug?.text])
        try await context.perform(request, mutation) { session, operation in
            try OrganizationService.rename(id, label: label, to: name, slug: slug, in: session, context: operation)
        }
    }
}
