import AnalyticsEvents
import BillingEvents
import FoundationEssentials
import IdentityEvents
public import Kernel
import OrganizationEvents
public import Outbox
public import Postgres

/// Keeps the read models. Everything in them comes from events, so that reading the events again gives equal rows.
public struct AnalyticsConsumer: Consumer {
    public let name = "analytics"
    public let service = "analytics"
    public let sources = ["identity", "organization", "billing"]
    public let understands: [EventType]? = [
        UserRegistered.eventType, OrganizationCreated.eventType, MemberAdded.eventType, PlanCreated.eventType,
        SubscriptionActivated.eventType, SubscriptionChanged.eventType, SubscriptionCancelled.eventType, SubscriptionReactivated.eventType,
        SubscriptionPurged.eventType,
    ]

    public let replay = ReplayPolicy.readModel(
        ReadModel(tables: ["event_counts", "plan_facts", "subscription_facts"], besides: ["read_models"]))

    public init() {}

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        let relevant = chunk.events.filter { known($0.eventType?.name ?? "") != nil }
        guard !relevant.isEmpty else { return [] }
        try session.run(AnalyticsQueries.addCounts(counts(of: relevant)))
        // One statement takes each key once: of several the newest.
        let plans = Dictionary(try chunk.all(PlanCreated.self).map { ($0.data.planId, $0.data) }) { $1 }
        if !plans.isEmpty { try session.run(AnalyticsQueries.upsertPlans(plans.sorted { $0.key < $1.key }.map(\.value))) }
        let activated = Dictionary(
            try chunk.all(SubscriptionActivated.self).map {
                ($0.data.subscriptionId, AnalyticsQueries.Fact(activated: $0.data, sequence: $0.stored.sequence))
            }
        ) { $0.sequence < $1.sequence ? $1 : $0 }
        if !activated.isEmpty {
            try session.run(AnalyticsQueries.upsertSubscriptions(activated.sorted { $0.key < $1.key }.map(\.value)))
        }
        try followSubscriptions(chunk, in: session)
        return try started("subscriptions", because: relevant[0], in: session, context: context)
    }

    /// Behind their activation, which is in the same lane and never comes later.
    private func followSubscriptions(_ chunk: EventChunk, in session: Session) throws {
        typealias Standing = AnalyticsQueries.Standing
        let standings =
            try chunk.all(SubscriptionCancelled.self).map {
                Standing(id: $0.data.subscriptionId, status: "cancelled", sequence: $0.stored.sequence)
            }
            + chunk.all(SubscriptionReactivated.self).map {
                Standing(id: $0.data.subscriptionId, status: "active", sequence: $0.stored.sequence)
            }
        // What is changed is active, and what became of it later has a higher number.
        let changes = Dictionary(try chunk.all(SubscriptionChanged.self).map { ($0.data.subscriptionId, ($0.data, $0.stored.sequence)) }) {
            $0.1 < $1.1 ? $1 : $0
        }
        if !changes.isEmpty {
            try session.run(AnalyticsQueries.changeSubscriptions(changes.sorted { $0.key < $1.key }.map(\.value)))
        }
        let newest = Dictionary(standings.map { ($0.id, $0) }) { $0.sequence < $1.sequence ? $1 : $0 }
        if !newest.isEmpty { try session.run(AnalyticsQueries.setStatus(newest.sorted { $0.key < $1.key }.map(\.value))) }
        let purged = Set(try chunk.all(SubscriptionPurged.self).map(\.data.subscriptionId)).sorted()
        if !purged.isEmpty { try session.run(AnalyticsQueries.deleteSubscriptions(purged)) }
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
