import BillingEvents
import FoundationEssentials
import Kernel
import Outbox

/// Follows subscriptions through their events, each in its order: what they are in the end, and by which steps of the recurring revenue they came there.
struct SubscriptionLedger {
    private enum News {
        case activated(SubscriptionActivated)
        case changed(SubscriptionChanged)
        case renewed(SubscriptionRenewed)
        case cancelled(SubscriptionCancelled)
        case reactivated
        case purged
    }

    private struct Entry {
        let subscriptionId: UUID
        let sequence: Int64
        let time: Timestamp
        let news: News

        init(_ subscriptionId: UUID, _ stored: StoredEvent, _ news: News) {
            self.subscriptionId = subscriptionId
            sequence = stored.sequence
            time = stored.time
            self.news = news
        }
    }

    private let entries: [Entry]
    private(set) var facts: [UUID: SubscriptionFact] = [:]
    /// How many more there are of each, or fewer; none that are as many as before.
    private(set) var counts: [SubscriptionOffer: Int64] = [:]
    private(set) var steps: [RevenueStep] = []
    /// With their organizations.
    private(set) var purged: [UUID: UUID] = [:]

    /// - Throws: `UnreadableEvent`.
    init(_ chunk: EventChunk) throws {
        var entries = try chunk.all(SubscriptionActivated.self).map { Entry($0.data.subscriptionId, $0.stored, .activated($0.data)) }
        entries += try chunk.all(SubscriptionChanged.self).map { Entry($0.data.subscriptionId, $0.stored, .changed($0.data)) }
        entries += try chunk.all(SubscriptionRenewed.self).map { Entry($0.data.subscriptionId, $0.stored, .renewed($0.data)) }
        entries += try chunk.all(SubscriptionCancelled.self).map { Entry($0.data.subscriptionId, $0.stored, .cancelled($0.data)) }
        entries += try chunk.all(SubscriptionReactivated.self).map { Entry($0.data.subscriptionId, $0.stored, .reactivated) }
        for (stored, data) in try chunk.all(SubscriptionPurged.self) {
            entries.append(Entry(data.subscriptionId, stored, .purged))
            purged[data.subscriptionId] = data.organizationId
        }
        self.entries = entries.sorted { ($0.subscriptionId, $0.sequence) < ($1.subscriptionId, $1.sequence) }
    }

    var isEmpty: Bool { entries.isEmpty }

    var subscriptions: [UUID] { Set(entries.map(\.subscriptionId)).sorted() }

    /// - Parameter known: what is stored of them; an event that is not newer than that has had its effect.
    mutating func follow(from known: [SubscriptionFact]) {
        facts = Dictionary(known.map { ($0.id, $0) }) { first, _ in first }
        for entry in entries where entry.sequence > (facts[entry.subscriptionId]?.sequence ?? 0) { follow(entry) }
        for subscription in purged.keys { facts[subscription] = nil }
        for fact in known { counts[fact.offer, default: 0] -= 1 }
        for fact in facts.values { counts[fact.offer, default: 0] += 1 }
        counts = counts.filter { $0.value != 0 }
    }

    private mutating func follow(_ entry: Entry) {
        switch entry.news {
        case .activated(let data):
            let fact = SubscriptionFact(
                id: data.subscriptionId, organizationId: data.organizationId, planId: data.planId, status: .active, price: data.price,
                period: data.period, activatedAt: data.periodStart, trialEnd: data.trialEnd, mrr: 0, movedAt: nil, sequence: 0)
            set(fact, at: data.periodStart, entry)
        case .changed(let data):
            let fact = SubscriptionFact(
                id: data.subscriptionId, organizationId: data.organizationId, planId: data.planId, status: .active, price: data.price,
                period: data.period, activatedAt: facts[data.subscriptionId]?.activatedAt ?? data.effectiveAt, trialEnd: data.trialEnd,
                mrr: 0, movedAt: nil, sequence: 0)
            set(fact, at: data.effectiveAt, entry)
        case .renewed(let data):
            guard let fact = facts[data.subscriptionId] else { return }
            set(fact, at: data.periodStart, entry)
        case .cancelled(let data):
            guard var fact = facts[data.subscriptionId] else { return }
            fact.status = .cancelled
            set(fact, at: data.endedAt ?? entry.time, entry)
        case .reactivated:
            guard var fact = facts[entry.subscriptionId] else { return }
            fact.status = .active
            set(fact, at: entry.time, entry)
        case .purged:
            guard var fact = facts[entry.subscriptionId] else { return }
            fact.status = .cancelled
            set(fact, at: entry.time, entry)
        }
    }

    /// What an event tells may lie before what was told earlier, where a deletion that was taken back came between; the steps keep the order in
    /// which they were told.
    private mutating func set(_ new: SubscriptionFact, at instant: Timestamp, _ entry: Entry) {
        let former = facts[new.id]
        let value = new.status == .active ? new.value(at: instant) : 0
        let at = max(instant, former?.movedAt ?? instant)
        var fact = new
        fact.mrr = value
        fact.sequence = entry.sequence
        fact.movedAt = former?.movedAt
        var changes: [(amount: Int64, currency: String)] = []
        if let former, former.price.currency != new.price.currency {
            changes = [(-former.mrr, former.price.currency), (value, new.price.currency)]
        } else {
            changes = [(value - (former?.mrr ?? 0), new.price.currency)]
        }
        for change in changes where change.amount != 0 {
            fact.movedAt = at
            steps.append(
                RevenueStep(
                    organizationId: new.organizationId, subscriptionId: new.id, sequence: entry.sequence, at: at, amount: change.amount,
                    currency: change.currency))
        }
        facts[new.id] = fact
    }
}
