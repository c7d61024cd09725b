import FoundationEssentials
import Kernel
import OrganizationEvents
import Postgres

/// The SQL statements of sagas and their steps. Whoever changes them has the organization's row locked.
enum SagaQueries {
    private static let columns: SQL = "id, kind, organization_id, state, started_at, grace_ends_at, ended_at"

    private static func saga(_ row: Row) throws -> Saga {
        Saga(
            id: try row.get(0), type: try row.get(1), organizationId: try row.get(2), state: try row.get(3), startedAt: try row.get(4),
            graceEndsAt: try row.get(5), endedAt: try row.get(6))
    }

    static func insert(
        id: UUID, kind: Saga.Kind, organizationId: UUID, graceEnds: Timestamp, correlation: UUID, at now: Timestamp
    ) -> Query<Saga> {
        Query(
            """
            insert into sagas (id, kind, organization_id, state, grace_ends_at, correlation_id, started_at)
            values (\(id), \(kind.rawValue), \(organizationId), 'running', \(graceEnds), \(correlation), \(now))
            returning \(fragment: columns)
            """, saga)
    }

    static func find(id: UUID) -> Query<Saga> {
        Query("select \(fragment: columns) from sagas where id = \(id)", saga)
    }

    static func newest(organizationId: UUID) -> Query<Saga> {
        Query(
            """
            select \(fragment: columns) from sagas where organization_id = \(organizationId) order by started_at desc, id desc limit 1
            """, saga)
    }

    /// The one that has not ended.
    static func live(organizationId: UUID) -> Query<Saga> {
        Query("select \(fragment: columns) from sagas where organization_id = \(organizationId) and ended_at is null", saga)
    }

    static func setState(_ state: Saga.State, id: UUID, at now: Timestamp) -> Query<Saga> {
        let ended = state.hasEnded ? now : nil
        return Query(
            """
            update sagas set state = \(state.rawValue), ended_at = greatest(\(ended)::timestamptz, case when \(state.hasEnded) then started_at end)
            where id = \(id) returning \(fragment: columns)
            """, saga)
    }

    static func countOpen() -> Query<(state: Saga.State, count: Int64)> {
        Query("select state, count(*) from sagas where ended_at is null group by state") { (try $0.get(0), try $0.get(1)) }
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(_ states: [Saga.State], organizationId: UUID?, before cursor: PageCursor?, limit: Int) -> Query<Saga> {
        let condition: SQL =
            states.allSatisfy { !$0.hasEnded }
            ? "ended_at is null and state = any (\(states.map(\.rawValue)))"
            : "state = any (\(states.map(\.rawValue)))"
        return Query(
            """
            select \(fragment: columns) from sagas
            where \(fragment: condition) and (\(organizationId)::uuid is null or organization_id = \(organizationId)::uuid)
                and (\(cursor?.time)::timestamptz is null or (started_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by started_at desc, id desc limit \(limit)
            """, saga)
    }

    // MARK: Steps

    /// A step as it is kept.
    struct KeptStep: Sendable {
        let step: SagaStep
        let sagaId: UUID
        /// How often it has been asked for.
        let requests: Int
        /// How many events there are of it here.
        let eventSequence: Int64
    }

    private static let stepColumns: SQL = """
        id, number, action, is_undo, state, attempts, error, requested_at, ended_at, saga_id, requests, event_sequence
        """

    private static func step(_ row: Row) throws -> KeptStep {
        let action: SagaAction = try row.get(2)
        return KeptStep(
            step: SagaStep(
                id: try row.get(0), number: try row.get(1), action: action, service: action.service, isUndo: try row.get(3),
                state: try row.get(4), attempts: try row.get(5), error: try row.get(6), requestedAt: try row.get(7),
                endedAt: try row.get(8)),
            sagaId: try row.get(9), requests: try row.get(10), eventSequence: try row.get(11))
    }

    static func insertStep(id: UUID, sagaId: UUID, number: Int, action: SagaAction, at now: Timestamp) -> Query<KeptStep> {
        Query(
            """
            insert into saga_steps (id, saga_id, number, action, state, requests, requested_at, event_sequence)
            values (\(id), \(sagaId), \(number), \(action.rawValue), 'requested', 1, \(now), 1)
            returning \(fragment: stepColumns)
            """, step)
    }

    static func steps(of sagaId: UUID) -> Query<KeptStep> {
        Query("select \(fragment: stepColumns) from saga_steps where saga_id = \(sagaId) order by number", step)
    }

    static func step(id: UUID) -> Query<KeptStep> {
        Query("select \(fragment: stepColumns) from saga_steps where id = \(id)", step)
    }

    /// Asks for it once more, which an event tells.
    ///
    /// - Parameter isAnew: what was answered before no longer counts.
    static func request(_ id: UUID, isUndo: Bool, isAnew: Bool, at now: Timestamp) -> Query<KeptStep> {
        Query(
            """
            update saga_steps set is_undo = \(isUndo), state = 'requested', attempts = case when \(isAnew) then 0 else attempts end,
                error = case when \(isAnew) then null else error end, requests = requests + 1, requested_at = \(now), ended_at = null,
                event_sequence = event_sequence + 1
            where id = \(id) returning \(fragment: stepColumns)
            """, step)
    }

    static func complete(_ id: UUID, at now: Timestamp) -> Query<KeptStep> {
        Query(
            """
            update saga_steps set state = 'done', error = null, ended_at = greatest(\(now), requested_at)
            where id = \(id) returning \(fragment: stepColumns)
            """, step)
    }

    /// - Parameter state: whether it is asked for again.
    static func refuse(_ id: UUID, as state: SagaStep.State, because code: String) -> Query<KeptStep> {
        Query(
            """
            update saga_steps set state = \(state.rawValue), attempts = attempts + 1, error = \(code)
            where id = \(id) returning \(fragment: stepColumns)
            """, step)
    }

    /// For an answer that this service gives itself.
    static func advanceSequence(of id: UUID) -> Query<Int64> {
        Query("update saga_steps set event_sequence = event_sequence + 1 where id = \(id) returning event_sequence") { try $0.get(0) }
    }
}
