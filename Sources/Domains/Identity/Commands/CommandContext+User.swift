import CommandKit
import FoundationEssentials
import Kernel
import Outbox
import Postgres

extension CommandContext {
    /// Makes a change of one user that depends on nothing else.
    ///
    /// - Parameter user: an id or an e-mail address.
    func changeUser<Value: Renderable>(
        _ user: String, _ options: MutationOptions,
        _ body: @Sendable (UUID, _ label: String, Session, OperationContext) throws -> Change<Value>
    ) async throws {
        let id = try await services.directory.userId(user)
        try await perform(Mutation(of: "identity", parameters: ["user": id.uuidString]), options) { session, operation in
            try body(id, user, session, operation)
        }
    }
}
