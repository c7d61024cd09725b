import ArgumentParser
import CommandKit
import FoundationEssentials
import Identity
import Kernel
import Outbox

struct UserErase: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Remove what is known of a person, for good.",
        discussion: """
            Address, name, password, sessions and second factor go; the id stays and means nobody. The address may be registered anew. Asks for the \
            address, which --confirm gives without being asked. Erasing twice changes nothing.

            Example: saasctl identity user erase ada@example.org --confirm ada@example.org --reason 'request of 2026-03-14'
            """)

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @OptionGroup var confirmation: ConfirmOptions
    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let label = user
        let found = try await context.read("identity") { try IdentityService.user(label, in: $0) }
        // Who has no address any more has nothing left to lose.
        if let email = found.email, !mutation.dryRun {
            let given = confirmation.confirm.map { $0.lowercased() == email.lowercased() ? email : $0 }
            try context.confirmation.obtain(.severe(name: email), to: "erase user \"\(email)\"", confirm: given)
        }
        let request = try Mutation(of: "identity", parameters: ["user": found.id.text])
        try await context.perform(request, mutation) { session, operation in
            try IdentityService.erase(found.id, label: label, in: session, context: operation)
        }
    }
}
