import ArgumentParser
import CommandKit
import Kernel
import Notification

struct DeliveryRetry: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have a delivery that has failed tried again.",
        discussion: """
            It is due again at once. What has not failed is refused, and so is what has expired meanwhile.

            Example: saasctl notification delivery retry 01a2c7be-6d1d-7000-8000-000000000000 --reason 'mail server is back'
            """)

    @OptionGroup var delivery: DeliveryArgument
    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let id = delivery.id
        try await context.perform(Mutation(of: "notification", parameters: ["delivery": id.text]), mutation) { session, operation in
            try DeliveryService.retry(id, in: session, context: operation)
        }
    }
}
