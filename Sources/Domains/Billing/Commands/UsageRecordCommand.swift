import ArgumentParser
import Billing
import CommandKit
import FoundationEssentials
import Kernel
import Outbox

struct UsageRecordCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record that something was used.",
        discussion: """
            It counts once under its key, however often it is recorded, and in the period in which it was used, whenever that is told. Beyond a hard \
            limit it is refused.

            Example: saasctl billing usage record api_calls 250 --key batch-17 --org acme
            """)

    @Argument(help: ArgumentHelp("The key of a metered entitlement.", valueName: "what"))
    var entitlement: String

    @Argument(help: "How much.")
    var quantity: Int64

    @Option(help: ArgumentHelp("What the usage is known by.", valueName: "key"))
    var key: String

    @Option(help: ArgumentHelp("When it was used; otherwise now.", valueName: "time"), transform: { try TimestampText.parse($0) })
    var at: Timestamp?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let report = UsageService.Report(entitlement: entitlement, key: key, quantity: quantity, usedAt: at)
        let subscriber = try await context.subscriber()
        let request = try Mutation(
            of: "billing", organization: subscriber.organizationId,
            parameters: ["entitlement": entitlement, "quantity": String(quantity), "key": key, "at": at?.description])
        try await context.perform(request, mutation) { session, operation in
            try UsageService.record(report, for: subscriber, in: session, context: operation)
        }
    }
}
