import ArgumentParser
import Billing
import CommandKit
import Kernel

struct SubscriptionPreviewCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show what moving an organization to a plan would come to.",
        discussion: """
            To the cent what "sub change" (where nothing is subscribed to, "sub create") would invoice at this instant. Changes nothing.

            Example: saasctl billing sub preview business --org acme
            """)

    @Argument(help: "The plan's key.")
    var plan: String

    @Option(help: "When; otherwise a higher plan now, another at the end of the period.")
    var at: ChangeTime?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (plan, at) = (plan, at)
        let subscriber = try await context.subscriber()
        let now = context.clock.now()
        try context.renderer.object(
            try await context.read("billing") { try SubscriptionService.preview(of: plan, at, for: subscriber, at: now, in: $0) })
    }
}
