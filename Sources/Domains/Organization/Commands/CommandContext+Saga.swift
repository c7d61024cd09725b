import CommandKit
import FoundationEssentials
import Kernel
import Organization
import Outbox
import Postgres

extension CommandContext {
    /// Changes a saga, which goes by its id or by its organization.
    func changeSaga(
        _ reference: String, _ options: MutationOptions,
        _ body: @Sendable (UUID, Session, OperationContext) throws -> Change<SagaReport>
    ) async throws {
        let saga = try await read("organization") { try SagaService.saga(reference, in: $0) }
        let request = try Mutation(of: "organization", organization: saga.organizationId, parameters: ["saga": saga.id.uuidString])
        try await perform(request, options) { session, operation in try body(saga.id, session, operation) }
    }
}
