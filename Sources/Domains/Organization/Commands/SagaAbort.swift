import ArgumentParser
import CommandKit
import Kernel
import Organization

struct SagaAbort: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Have all steps of a saga undone.",
        discussion: """
            The organization is restored, as by org restore, but also when its grace period has ended and a step that failed has kept it from being \
            removed. What has ended stays as it is.

            Example: saasctl saga abort acme --reason 'ticket 17'
            """)

    @Argument(help: "The saga's id, or an organization's slug or id.")
    var saga: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try await context.changeSaga(saga, mutation) { try SagaService.abort($0, in: $1, context: $2) }
    }
}
