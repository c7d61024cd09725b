import ArgumentParser
import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox
import Postgres

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

extension CommandContext {
    fileprivate func changeSaga(
        _ reference: String, _ options: MutationOptions,
        _ body: @Sendable (UUID, Session, OperationContext) throws -> Change<SagaReport>
    ) async throws {
        let saga = try await read("organization") { try SagaService.saga(reference, in: $0) }
        let request = try Mutation(of: "organization", organization: saga.organizationId, parameters: ["saga": saga.id.uuidString])
        try await perform(request, options) { session, operation in try body(saga.id, session, operation) }
    }
}
