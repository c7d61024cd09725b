public import FoundationEssentials
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// The rules of sagas: steps that services are asked for by events, and answer by events. Every function runs in the caller's transaction, locks
/// the organization's row first, and commits nothing.
public enum SagaService {
    /// When a step whose service has said no is asked for again.
    static let retries = RetrySchedule(attempts: 5, first: .seconds(5), longest: .seconds(900))
    private static let retryKind = "saga_step_retry"
    private static let graceKind = "deletion_grace_end"

    /// Asks for the steps again that have given up, or wait to be asked for again. Where none does, nothing changes.
    ///
    /// - Throws: ``OrganizationError/sagaNotFound(_:)``.
    public static func retry(_ id: UUID, in session: Session, context: OperationContext) throws -> Change<SagaReport> {
        let held = try HeldSaga.take(id, in: session)
        let stuck = held.steps.filter { [.failed, .retrying].contains($0.step.state) }
        guard !stuck.isEmpty else { return Change(held.report) }
        var events: [PendingEvent] = []
        for step in stuck {
            events.append(try request(step, isUndo: step.step.isUndo, isAnew: true, of: held, in: session, at: context.now))
        }
        let state: Saga.State = held.saga.state.isBackwards ? .compensating : .running
        _ = try session.one(SagaQueries.setState(state, id: id, at: context.now))
        let after = try HeldSaga.take(id, in: session)
        return Change(after.report, rows: try after.rows(since: held), events: events)
    }

    /// Has all steps undone, and the organization restored; once the grace period has ended, only where a step is still open. What is on the way back
    /// stays on it.
    ///
    /// - Throws: ``OrganizationError/sagaNotFound(_:)``, ``OrganizationError/sagaCompleted(_:)``, ``OrganizationError/graceEnded(_:at:)``.
    public static func abort(_ id: UUID, in session: Session, context: OperationContext) throws -> Change<SagaReport> {
        let held = try HeldSaga.take(id, in: session)
        guard held.saga.state != .completed else { throw OrganizationError.sagaCompleted(id) }
        guard !held.saga.state.isBackwards else { return Change(held.report) }
        guard held.saga.state != .waiting || context.now < held.saga.graceEndsAt else {
            throw OrganizationError.graceEnded(held.organization.organization.slug, at: held.saga.graceEndsAt)
        }
        let change = try compensate(held, in: session, context: context)
        let after = try HeldSaga.take(id, in: session)
        return Change(after.report, rows: change.rows, events: change.events)
    }

    /// One page of sagas, newest first.
    ///
    /// - Parameter states: only sagas in one of these.
    public static func list(
        _ states: [Saga.State], of organizationId: UUID? = nil, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<Saga> {
        let rows = try session.all(
            SagaQueries.list(states, organizationId: organizationId, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.startedAt, id: $0.id) }
    }

    /// How many sagas have not ended, by their states.
    public static func open(in session: Session) throws -> [Saga.State: Int64] {
        Dictionary(try session.all(SagaQueries.countOpen()).map { ($0.state, $0.count) }) { first, _ in first }
    }

    /// - Parameter reference: a saga's id, or an organization, whose newest saga is meant.
    /// - Throws: ``OrganizationError/sagaNotFound(_:)``, ``OrganizationError/organizationNotFound(_:)``.
    public static func saga(_ reference: String, in session: Session) throws -> SagaReport {
        let byId = try UUID(uuidString: reference).flatMap { try session.first(SagaQueries.find(id: $0)) }
        let found =
            try byId
            ?? session.first(
                SagaQueries.newest(organizationId: OrganizationService.organization(reference, in: session).id))
        guard let found else { throw OrganizationError.sagaNotFound(reference) }
        return SagaReport(found, try session.all(SagaQueries.steps(of: found.id)).map(\.step))
    }

    // MARK: Steps

    /// Begins the deletion of a locked organization: asks for all its steps.
    static func begin(
        _ kind: Saga.Kind, id: UUID, of organizationId: UUID, graceEnds: Timestamp, in session: Session, context: OperationContext
    ) throws -> (rows: [ChangedRow], events: [PendingEvent]) {
        let saga = try session.one(
            SagaQueries.insert(
                id: id, kind: kind, organizationId: organizationId, graceEnds: graceEnds, correlation: context.correlationId,
                at: context.now))
        var rows = [try ChangedRow(.insert, "sagas", saga)]
        var events: [PendingEvent] = []
        for (number, action) in zip(1..., kind.actions) {
            let step = try session.one(
                SagaQueries.insertStep(id: context.newId(), sagaId: id, number: number, action: action, at: context.now))
            rows.append(try ChangedRow(.insert, "saga_steps", step.step))
            events.append(try requested(step, of: saga))
        }
        try DueStore.schedule(
            graceKind, id, at: graceEnds, in: session, correlation: context.correlationId, id: context.newId())
        return (rows, events)
    }

    /// Turns a saga round, and the organization back. The requests to undo follow those to do in the same lane, so that nobody need wait for
    /// answers that are still out; those are answers to other requests, and are not heeded.
    static func compensate(_ held: HeldSaga, in session: Session, context: OperationContext) throws -> Change<Organization> {
        var requests: [PendingEvent] = []
        for step in held.steps {
            requests.append(try request(step, isUndo: true, isAnew: true, of: held, in: session, at: context.now))
        }
        _ = try session.one(SagaQueries.setState(.compensating, id: held.saga.id, at: context.now))
        let (organization, told) = try held.organization.change(
            OrganizationQueries.restore(id: held.organization.id, at: context.now),
            telling: [OrganizationRestored(organizationId: held.organization.id)], in: session)
        let after = try HeldSaga.take(held.saga.id, in: session)
        return Change(
            organization, rows: [try ChangedRow(.update, "organizations", organization)] + (try after.rows(since: held)),
            events: told + requests)
    }

    private static func request(
        _ step: SagaQueries.KeptStep, isUndo: Bool, isAnew: Bool, of held: HeldSaga, in session: Session, at now: Timestamp
    ) throws -> PendingEvent {
        try requested(session.one(SagaQueries.request(step.step.id, isUndo: isUndo, isAnew: isAnew, at: now)), of: held.saga)
    }

    private static func requested(_ step: SagaQueries.KeptStep, of saga: Saga) throws -> PendingEvent {
        try PendingEvent(
            SagaStepRequested(
                sagaId: saga.id, stepId: step.step.id, organizationId: saga.organizationId, action: step.step.action,
                isUndo: step.step.isUndo, request: step.requests),
            subject: step.step.id, sequence: step.eventSequence, organization: saga.organizationId)
    }

    // MARK: Answers

    /// What a service has answered.
    struct Answer: Sendable {
        let sagaId: UUID
        let stepId: UUID
        let request: Int
        /// Why not; `nil` where it is done.
        let refusal: String?
    }

    /// Takes an answer in. One that is not to the last request, or was taken in before, changes nothing; nor does one to a step that this database
    /// has lost.
    static func take(_ answer: Answer, in session: Session, context: OperationContext) throws -> [PendingEvent] {
        guard try session.first(SagaQueries.step(id: answer.stepId))?.sagaId == answer.sagaId else { return [] }
        let held = try HeldSaga.take(answer.sagaId, in: session)
        guard let step = held.steps.first(where: { $0.step.id == answer.stepId }), step.requests == answer.request,
            step.step.state == .requested
        else { return [] }
        guard let code = answer.refusal else {
            _ = try session.one(SagaQueries.complete(step.step.id, at: context.now))
            return try goOn(try HeldSaga.take(answer.sagaId, in: session), in: session, context: context)
        }
        var random = SystemRandomNumberGenerator()
        if let pause = retries.pause(afterAttempt: step.step.attempts + 1, using: &random) {
            _ = try session.one(SagaQueries.refuse(step.step.id, as: .retrying, because: code))
            try DueStore.schedule(
                retryKind, step.step.id, at: context.now.advanced(by: pause), in: session, correlation: context.correlationId,
                id: context.newId())
        } else {
            _ = try session.one(SagaQueries.refuse(step.step.id, as: .failed, because: code))
            let state: Saga.State = held.saga.state.isBackwards ? .compensationFailed : .failed
            _ = try session.one(SagaQueries.setState(state, id: held.saga.id, at: context.now))
        }
        return []
    }

    /// What follows where all steps are done.
    private static func goOn(_ held: HeldSaga, in session: Session, context: OperationContext) throws -> [PendingEvent] {
        guard held.steps.allSatisfy({ $0.step.state == .done }) else { return [] }
        if held.saga.state.isBackwards {
            _ = try session.one(SagaQueries.setState(.compensated, id: held.saga.id, at: context.now))
            return []
        }
        guard held.saga.graceEndsAt <= context.now else {
            _ = try session.one(SagaQueries.setState(.waiting, id: held.saga.id, at: context.now))
            return []
        }
        return try purge(held, in: session, context: context)
    }

    /// Removes what the organization service has of the organization, and tells the others to do the same.
    private static func purge(_ held: HeldSaga, in session: Session, context: OperationContext) throws -> [PendingEvent] {
        let id = held.organization.id
        _ = try session.pipeline(InvitationQueries.deleteAll(of: id), MembershipQueries.deleteAll(of: id))
        _ = try session.one(SagaQueries.setState(.completed, id: held.saga.id, at: context.now))
        return try held.organization.change(
            OrganizationQueries.purge(id: id, at: context.now), telling: [OrganizationPurged(organizationId: id)], in: session
        ).events
    }

    // MARK: Timers

    static let timers = [
        ServiceTimer(retryKind) { entry, session, context in
            guard let step = try session.first(SagaQueries.step(id: entry.subject)) else { return [] }
            let held = try HeldSaga.take(step.sagaId, in: session)
            // Somebody may have asked for it since, or turned the saga round.
            guard let step = held.steps.first(where: { $0.step.id == entry.subject }), step.step.state == .retrying else { return [] }
            return [try request(step, isUndo: step.step.isUndo, isAnew: false, of: held, in: session, at: context.now)]
        },
        ServiceTimer(graceKind) { entry, session, context in
            guard try session.first(SagaQueries.find(id: entry.subject)) != nil else { return [] }
            let held = try HeldSaga.take(entry.subject, in: session)
            // Where a step is not done yet, the purge follows the last answer.
            guard held.saga.state == .waiting, held.saga.graceEndsAt <= context.now else { return [] }
            return try purge(held, in: session, context: context)
        },
    ]
}

/// A saga with its steps, and the lock on its organization that keeps all of it as it was read.
struct HeldSaga: Sendable {
    let organization: LockedOrganization
    let saga: Saga
    let steps: [SagaQueries.KeptStep]

    var report: SagaReport { SagaReport(saga, steps.map(\.step)) }

    /// - Throws: ``OrganizationError/sagaNotFound(_:)``.
    static func take(_ id: UUID, in session: Session) throws -> HeldSaga {
        guard let known = try session.first(SagaQueries.find(id: id)),
            let organization = try LockedOrganization.takeAny(known.organizationId, in: session)
        else { throw OrganizationError.sagaNotFound(id.text) }
        return HeldSaga(
            organization: organization, saga: try session.one(SagaQueries.find(id: id)),
            steps: try session.all(SagaQueries.steps(of: id)))
    }

    /// What differs from an earlier look.
    func rows(since before: HeldSaga) throws -> [ChangedRow] {
        var rows = saga == before.saga ? [] : [try ChangedRow(.update, "sagas", saga)]
        for (step, former) in zip(steps, before.steps) where step.step != former.step || step.requests != former.requests {
            rows.append(try ChangedRow(.update, "saga_steps", step.step))
        }
        return rows
    }
}
