import AnalyticsEvents
import BillingEvents
import FoundationEssentials
import IdentityEvents
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres
import WorkflowEvents

/// Keeps the read models. Everything in them comes from events, so that reading the events again gives equal rows.
public struct AnalyticsConsumer: Consumer {
    public let name = "analytics"
    public let service = "analytics"
    public let sources = ["identity", "organization", "billing", "workflow"]
    public let understands: [EventType]? = [
        UserRegistered.eventType, OrganizationCreated.eventType, OrganizationPurged.eventType, MemberAdded.eventType, PlanCreated.eventType,
        SubscriptionActivated.eventType, SubscriptionChanged.eventType, SubscriptionRenewed.eventType, SubscriptionCancelled.eventType,
        SubscriptionReactivated.eventType, SubscriptionPurged.eventType, UsageRecorded.eventType, UsageLimitReached.eventType,
        TaskCreated.eventType, TaskStatusChanged.eventType,
    ]

    public let replay = ReplayPolicy.readModel(
        ReadModel(
            tables: [
                "event_counts", "plan_facts", "subscription_facts", "subscription_counts", "mrr_steps", "mrr_days", "purged_organizations",
                "task_facts", "task_days", "task_months", "usage_sequences", "usage_days", "usage_months",
            ], besides: ["read_models"]))

    public init() {}

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let relevant = (understands ?? []).flatMap { chunk.events(named: $0.name) }
        guard let first = relevant.min(by: { $0.position < $1.position }) else { return [] }
        try session.run(AnalyticsQueries.addCounts(counts(of: relevant)))
        // One statement takes each key once: of several the newest.
        let plans = Dictionary(try chunk.all(PlanCreated.self).map { ($0.data.planId, $0.data) }) { $1 }
        if !plans.isEmpty { try session.run(AnalyticsQueries.upsertPlans(plans.sorted { $0.key < $1.key }.map(\.value))) }
        try followSubscriptions(chunk, in: session)
        try countTasks(chunk, in: session, context: context)
        try countUsage(chunk, in: session, context: context)
        try purge(chunk, in: session, context: context)
        return try started("subscriptions", because: first, in: session, context: context)
    }

    private func followSubscriptions(_ chunk: EventChunk, in session: Session) throws {
        var ledger = try SubscriptionLedger(chunk)
        guard !ledger.isEmpty else { return }
        ledger.follow(from: try session.all(RevenueQueries.facts(of: ledger.subscriptions)))
        if !ledger.facts.isEmpty { try session.run(RevenueQueries.store(ledger.facts.sorted { $0.key < $1.key }.map(\.value))) }
        if !ledger.counts.isEmpty {
            _ = try session.pipeline(
                RevenueQueries.add(ledger.counts.map { (offer: $0.key, subscriptions: $0.value) }),
                RevenueQueries.deleteEmptyCounts(of: Set(ledger.counts.keys.map(\.planId)).sorted()))
        }
        if !ledger.steps.isEmpty, try session.all(RevenueQueries.add(ledger.steps)).contains(true) {
            try session.run(RevenueQueries.dropEmptyDays())
        }
        guard !ledger.purged.isEmpty else { return }
        let purged = ledger.purged.sorted { $0.key < $1.key }
        _ = try session.pipeline(
            RevenueQueries.delete(purged.map(\.key)), RevenueQueries.forget(purged.map { (subscription: $0.key, organization: $0.value) }))
    }

    private func countTasks(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws {
        var ledger = try TaskLedger(chunk)
        guard !ledger.isEmpty else { return }
        try holdOffPurges(in: session, context: context)
        let (purged, known) = try session.pipeline(
            PurgeQueries.purged(among: ledger.organizations), TaskFigureQueries.facts(of: ledger.tasks))
        ledger.follow(from: known.rows, without: Set(purged.rows))
        guard !ledger.counts.isEmpty || !ledger.facts.isEmpty else { return }
        try session.run(TaskFigureQueries.store(ledger.facts.sorted { $0.key < $1.key }.map(\.value)))
        try change(ledger.counts, in: session) { $0 += $1 }
    }

    /// Nobody else does so meanwhile: tasks come in one lane, and purges are held off.
    private func change(
        _ counts: [FigureScale: [TaskDay: TaskCount]], in session: Session, _ change: (inout TaskCount, TaskCount) -> Void
    ) throws {
        func stored(_ scale: FigureScale) -> Query<(day: TaskDay, count: TaskCount)> {
            TaskFigureQueries.counts(of: counts[scale, default: [:]].keys.sorted(), by: scale)
        }
        func changed(_ stored: [(day: TaskDay, count: TaskCount)], _ scale: FigureScale) -> Query<Void> {
            var changed = Dictionary(stored.map { ($0.day, $0.count) }) { first, _ in first }
            for (day, count) in counts[scale, default: [:]] { change(&changed[day, default: TaskCount()], count) }
            return TaskFigureQueries.store(changed.sorted { $0.key < $1.key }.map { (day: $0.key, count: $0.value) }, by: scale)
        }
        let (days, months) = try session.pipeline(stored(.days), stored(.months))
        _ = try session.pipeline(changed(days.rows, .days), changed(months.rows, .months))
    }

    private func countUsage(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws {
        var ledger = try UsageLedger(chunk)
        guard !ledger.isEmpty else { return }
        try holdOffPurges(in: session, context: context)
        let (purged, known) = try session.pipeline(
            PurgeQueries.purged(among: ledger.organizations), UsageFigureQueries.sequences(of: ledger.organizations))
        ledger.follow(from: known.rows, without: Set(purged.rows))
        guard !ledger.counts.isEmpty else { return }
        func counts(_ scale: FigureScale) -> Query<Void> {
            let counts = ledger.counts[scale, default: [:]].sorted { $0.key < $1.key }
            return UsageFigureQueries.add(counts.map { (day: $0.key, count: $0.value) }, by: scale)
        }
        _ = try session.pipeline(
            UsageFigureQueries.store(ledger.sequences.sorted { $0.key < $1.key }.map { (organizationId: $0.key, sequence: $0.value) }),
            counts(.days), counts(.months))
    }

    /// The last event of an organization, in a lane that may be ahead of those that have its tasks and its usage.
    private func purge(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws {
        let organizations = Set(try chunk.all(OrganizationPurged.self).map(\.data.organizationId)).sorted()
        guard !organizations.isEmpty else { return }
        if !context.isReplay { _ = try session.one(PurgeQueries.begin()) }
        _ = try session.pipeline(
            PurgeQueries.note(organizations), TaskFigureQueries.deleteFacts(of: organizations),
            UsageFigureQueries.deleteSequences(of: organizations))
        var gone: [FigureScale: [TaskDay: TaskCount]] = [:]
        for scale in FigureScale.allCases {
            try session.stream(TaskFigureQueries.deleteCounts(of: organizations, by: scale)) {
                let day = TaskDay(organizationId: .everybody, projectId: .everybody, day: $0.day)
                gone[scale, default: [:]][day, default: TaskCount()] += $0.count
            }
        }
        try change(gone, in: session) { $0 -= $1 }
        for scale in FigureScale.allCases {
            _ = try session.pipeline(
                TaskFigureQueries.deleteEmptySums(by: scale), UsageFigureQueries.deleteCounts(of: organizations, by: scale),
                UsageFigureQueries.deleteEmptyCounts(by: scale))
        }
    }

    /// A replay has its tables to itself.
    private func holdOffPurges(in session: Session, context: ConsumerContext) throws {
        if !context.isReplay { _ = try session.one(PurgeQueries.holdOff()) }
    }

    public func replayed(in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let model = try session.one(AnalyticsQueries.restartReadModel(id: context.newId(), name: "subscriptions", at: context.now))
        return [
            try PendingEvent(
                ReadModelStarted(readModelId: model.id, name: "subscriptions", generation: model.generation), subject: model.id,
                sequence: model.sequence, organization: nil)
        ]
    }

    private func counts(of events: [StoredEvent]) -> [AnalyticsQueries.Count] {
        let microsecondsPerDay: Int64 = 86_400_000_000
        var counts: [DayAndType: Int64] = [:]
        for event in events {
            // Times before 1970 would round up to the next day; no event is that old.
            let day = event.time.microseconds / microsecondsPerDay * microsecondsPerDay
            counts[DayAndType(day: day, type: event.type), default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map {
            AnalyticsQueries.Count(day: Timestamp(microseconds: $0.key.day), type: $0.key.type, events: $0.value)
        }
    }

    private func started(_ name: String, because cause: StoredEvent, in session: Session, context: ConsumerContext) throws -> [PendingEvent]
    {
        let id = context.newId()
        guard let generation = try session.first(AnalyticsQueries.startReadModel(id: id, name: name, at: context.now)) else { return [] }
        return [
            try PendingEvent(
                ReadModelStarted(readModelId: id, name: name, generation: generation), subject: id, sequence: 1, organization: nil,
                causedBy: cause)
        ]
    }

    private struct DayAndType: Hashable, Comparable {
        let day: Int64
        let type: String

        static func < (left: DayAndType, right: DayAndType) -> Bool {
            (left.day, left.type) < (right.day, right.type)
        }
    }
}
