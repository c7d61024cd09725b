import ArgumentParser
import Billing
import CommandKit
import Kernel

struct UsageGet: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show how much was used in a period.",
        discussion: "Example: saasctl billing usage get api_calls --org acme --at 2026-10-31")

    @Argument(help: "The key of a metered entitlement.")
    var entitlement: String

    @Option(
        help: ArgumentHelp("In the period of this instant; otherwise in the current one.", valueName: "time"),
        transform: { try TimestampText.parse($0) })
    var at: Timestamp?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let (entitlement, at) = (entitlement, at)
        let subscriber = try await context.subscriber()
        let now = context.clock.now()
        try context.renderer.object(
            try await context.read("billing") {
                try UsageService.summary(of: entitlement, for: subscriber, at: at, now: now, in: $0)
            })
    }
}
