import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct OrganizationCreate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create an organization with its first owner.",
        discussion: """
            The organization is subscribed to the default plan by the next run of the worker.

            Example: saasctl org create acme --name 'Acme GmbH' --owner ada@example.org
            """)

    static let actsForUsers = true

    @Argument(help: "The short name that scripts use: 2 to 63 lower-case letters, digits and single hyphens.")
    var slug: String

    @Option(help: ArgumentHelp("The name that people read; otherwise the slug.", valueName: "name"))
    var name: String?

    @Option(help: ArgumentHelp("The first owner: e-mail address, or a user's id, which is taken as given.", valueName: "user"))
    var owner: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let slug = try Slug(slug)
        let name = try OrganizationName(name ?? slug.text)
        let owner = try await context.services.directory.userId(owner)
        let request = try Mutation(
            of: "organization", permission: .user(owner), parameters: ["slug": slug.text, "name": name.text, "owner": owner.uuidString])
        try await context.perform(request, mutation) { session, operation in
            try OrganizationService.create(slug: slug, name: name, owner: owner, in: session, context: operation)
        }
    }
}
