import FoundationEssentials
import Kernel
import Postgres

/// The statements of the mutation frame.
enum MutationQueries {
    static func record(_ record: OperationRecord, operation: OperationContext) -> Query<Void> {
        Query(
            """
            insert into operations (id, at, command, flags, actor, profile, os_user, reason, correlation_id, version)
            values (\(operation.newId()), \(operation.now), \(record.invocation.path), \(record.invocation.flags), \(operation.actor.description),
                \(record.profile), \(record.account), \(record.reason), \(operation.correlationId), \(SaasctlVersion.current.description))
            """)
    }

    static func reasons(of correlations: [UUID]) -> Query<(correlation: UUID, reason: String)> {
        Query(
            """
            select distinct on (correlation_id) correlation_id, reason from operations
            where correlation_id = any (\(correlations)) and reason is not null order by correlation_id, at
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    /// One row where the key is ours: it was free, or had expired. Waits for a concurrent command with the same key to end.
    static func takeKey(_ key: IdempotencyKey, correlationId: UUID, at now: Timestamp, until expiry: Timestamp) -> Query<Bool> {
        Query(
            """
            insert into idempotency_keys as k (command, scope, key, parameters, result, correlation_id, created_at, expires_at)
            values (\(key.command), \(key.scope), \(key.key), \(Bytea(key.parameters)), 'null', \(correlationId), \(now), \(expiry))
            on conflict (command, scope, key) do update
                set parameters = excluded.parameters, result = excluded.result, correlation_id = excluded.correlation_id,
                    created_at = excluded.created_at, expires_at = excluded.expires_at
                where k.expires_at <= excluded.created_at
            returning true
            """
        ) { try $0.get(0) }
    }

    struct Stored: Sendable {
        let parameters: [UInt8]
        let result: String
    }

    static func storedResult(_ key: IdempotencyKey) -> Query<Stored> {
        Query(
            "select parameters, result from idempotency_keys where command = \(key.command) and scope = \(key.scope) and key = \(key.key)"
        ) { Stored(parameters: try $0.get(0, as: Bytea.self).bytes, result: try $0.get(1)) }
    }

    static func storeResult(_ result: String, under key: IdempotencyKey) -> Query<Void> {
        Query(
            """
            update idempotency_keys set result = \(result)::json
            where command = \(key.command) and scope = \(key.scope) and key = \(key.key)
            """)
    }

    static func releaseKey(_ key: IdempotencyKey) -> Query<Void> {
        Query("delete from idempotency_keys where command = \(key.command) and scope = \(key.scope) and key = \(key.key)")
    }
}
