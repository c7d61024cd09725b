import Configuration
import Cryptography
public import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

extension CommandContext {
    /// Makes a change: the one way in which commands change anything.
    ///
    /// Checks whether the profile allows it and who acts; then, in one transaction: takes the idempotency key, runs `body`, records the
    /// operation, appends the events, stores the result under the key, commits; then renders the result. A dry run does all of it and rolls
    /// back instead. A failure changes nothing.
    ///
    /// - Parameter body: runs in the transaction, and again where the server asks for a retry.
    /// - Throws: `Failure` for what the frame refuses, otherwise what `body` throws.
    public func perform<Value: Renderable>(
        _ mutation: Mutation, _ options: MutationOptions, _ body: @Sendable (Session, OperationContext) throws -> Change<Value>
    ) async throws {
        try await decide(mutation, options) { session, operation in .accepted(try body(session, operation)) }
    }

    /// The same for a service function that may refuse and leave a record of the refusal: the record is committed, then the failure thrown.
    public func decide<Value: Renderable>(
        _ mutation: Mutation, _ options: MutationOptions, _ body: @Sendable (Session, OperationContext) throws -> Decision<Value>
    ) async throws {
        switch try await execute(mutation, options.terms, body) {
        case .changed(let value): try renderer.object(value)
        case .repeated(let stored):
            notice("this was done before under the same idempotency key; nothing was changed")
            try renderer.object(try JSONCoding.decode(Value.self, from: stored))
        case .rehearsed(let rehearsal): try renderer.object(rehearsal)
        case .refused(let failure): throw failure
        }
    }

    /// The same without showing anything, for a change that is a part of something larger.
    public func execute<Value: Renderable>(
        _ mutation: Mutation, _ terms: MutationTerms, _ body: @Sendable (Session, OperationContext) throws -> Decision<Value>
    ) async throws -> MutationOutcome<Value> {
        let (operation, record) = try await begin(mutation, terms)
        let key = try terms.idempotencyKey.map { try idempotencyKey($0, mutation, by: operation.actor) }
        let frame = MutationFrame(service: mutation.service, operation: operation, record: record, key: key, isDryRun: terms.isDryRun)
        let connection = try await services.connection(to: mutation.service)
        let transaction = TransactionOptions(ending: terms.isDryRun ? .rollback : .commit, retry: .standard)
        let outcome = try await connection.transaction(transaction) { try frame.run(body, in: $0) }
        if case .changed(let value) = outcome { noteChange(value.identifier) }
        return outcome
    }

    /// For a change whose transaction something else runs: refuses it and decides who acts as ``perform(_:_:_:)`` does.
    ///
    /// - Returns: what the change knows of its surroundings, and what records it, to be called in its transaction.
    public func operation(
        of mutation: Mutation, _ terms: MutationTerms
    ) async throws -> (context: OperationContext, record: @Sendable (Session) throws -> Void) {
        let (operation, record) = try await begin(mutation, terms)
        return (operation, { try $0.run(MutationQueries.record(record, operation: operation)) })
    }

    /// Why operations of a service were done, as far as somebody has said so with `--reason`, by their correlation ids.
    ///
    /// - Throws: what ``ServiceAccess/connection(to:)`` throws, and `PostgresError`.
    public func reasons(ofOperations correlations: [UUID], in service: String) async throws -> [UUID: String] {
        let rows = try await read(service) { try $0.all(MutationQueries.reasons(of: correlations)) }
        return Dictionary(rows.map { ($0.correlation, $0.reason) }) { first, _ in first }
    }

    private func begin(_ mutation: Mutation, _ terms: MutationTerms) async throws -> (OperationContext, OperationRecord) {
        try refuseWhereForbidden(mutation, terms)
        let operation = OperationContext(
            now: clock.now(), actor: try await actor(for: mutation), correlationId: correlationId)
        let record = OperationRecord(
            invocation: invocation, profile: try services.profile().name, account: services.operatorAccount, reason: terms.reason)
        return (operation, record)
    }

    /// - Throws: `Failure` with `READ_ONLY` (exit 6) where the profile or this run forbids changes.
    public func refuseIfReadOnly() throws {
        try refuseIfRunIsReadOnly()
        let profile = try services.profile()
        if profile.readOnly { throw readOnly("profile \"\(profile.name)\"") }
    }

    /// The same for commands that work on no profile.
    public func refuseIfRunIsReadOnly() throws {
        if try global.forbidsChanges(environment: environment) { throw readOnly("this run") }
    }

    private func readOnly(_ who: String) -> Failure {
        let isDryRun = invocation.flags.contains("--dry-run")
        return Failure(
            .readOnly, "\"\(invocation.path)\" would change something, and \(who) is read-only",
            details: isDryRun ? ["a dry run makes the change and then undoes it, which takes the right to write"] : [])
    }

    /// What ``perform(_:_:_:)`` would refuse before it begins, for a command that does something lasting first.
    public func refuse(_ mutation: Mutation, _ options: MutationOptions) async throws {
        try refuseWhereForbidden(mutation, options.terms)
        _ = try await actor(for: mutation)
    }

    private func refuseWhereForbidden(_ mutation: Mutation, _ terms: MutationTerms) throws {
        try refuseIfReadOnly()
        let profile = try services.profile()
        if profile.requireReason && terms.reason == nil {
            throw Failure(.reasonNeeded, "profile \"\(profile.name)\" asks for a reason", hint: "add --reason 'why'")
        }
        if terms.idempotencyKey != nil && !mutation.isRepeatable {
            throw Failure(.usage, "\"\(invocation.path)\" returns a secret, which is not stored; it takes no --idempotency-key")
        }
    }

    private func actor(for mutation: Mutation) async throws -> Actor {
        let refusal = Failure(.notPermitted, "user \"\(global.actAs ?? "")\" may not run \"\(invocation.path)\"")
        if global.actAs != nil, mutation.permission == .operatorOnly { throw refusal }
        guard let user = try await actingUser() else { return .operatorAccount(services.operatorAccount) }
        if case .user(let permitted) = mutation.permission, permitted != user { throw refusal }
        return .user(user)
    }

    /// A user who acts is one of the parameters: what another was let do says nothing about what this one may.
    private func idempotencyKey(_ text: String, _ mutation: Mutation, by actor: Actor) throws -> IdempotencyKey {
        let secret = try key(for: "idempotency")
        var parameters = try JSONCoding.encode(mutation.parameters)
        if case .user = actor { parameters += actor.description }
        return IdempotencyKey(
            command: invocation.path, scope: mutation.organization?.text ?? "", key: text,
            parameters: HMAC.sha256(Array(parameters.utf8), key: secret))
    }
}
