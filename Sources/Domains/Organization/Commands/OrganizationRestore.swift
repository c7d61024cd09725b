import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox

struct OrganizationRestore: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Take the deletion of an organization back, within its grace period.",
        discussion: """
            The organization takes changes again at once; the next runs of the worker undo what they did about its deletion. What is not deleted stays \
            as it is. With --as it takes an owner.

            Example: saasctl org restore acme
            """)

    static let actsForUsers = true

    @Argument(help: "The organization's slug or id.")
    var organization: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (id, label) = try await context.organization(organization)
        let request = try Mutation(
            of: "organization", organization: id, permission: .members, parameters: ["organization": id.uuidString])
        try await context.perform(request, mutation) { session, operation in
            try DeletionService.restore(id, label: label, in: session, context: operation)
        }
    }
}
