import ArgumentParser
import CommandKit
import Kernel
import Organization

struct SagaRetry: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Ask for the failed steps of a saga again.",
        discussion: """
            Also for those that would be asked for again later. Where no step has failed, nothing changes.

            Example: saasctl saga retry acme
            """)

    @Argument(help: "The saga's id, or an organization's slug or id.")
    var saga: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try await context.changeSaga(saga, mutation) { try SagaService.retry($0, in: $1, context: $2) }
    }
}
