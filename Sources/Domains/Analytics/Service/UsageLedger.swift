import BillingEvents
import FoundationEssentials
import Kernel
import Outbox

/// Whose usage of what on which day, or in which month (UTC).
struct UsageDay: Sendable, Hashable, Comparable {
    /// The nil UUID for all organizations.
    let organizationId: UUID
    let entitlement: String
    /// Of a month its first.
    let day: Timestamp

    static func < (left: UsageDay, right: UsageDay) -> Bool {
        (left.organizationId, left.entitlement, left.day) < (right.organizationId, right.entitlement, right.day)
    }
}

/// What is added to a day.
struct UsageCount: Sendable, Hashable {
    var quantity: Int64 = 0
    var records: Int64 = 0
    var limitsReached: Int64 = 0
}

/// Counts what organizations have used, each event of an organization once.
struct UsageLedger {
    private enum News {
        case recorded(UsageRecorded)
        case limitReached(UsageLimitReached)
    }

    private let entries: [(organizationId: UUID, sequence: Int64, time: Timestamp, news: News)]
    private(set) var sequences: [UUID: Int64] = [:]
    private(set) var counts: [FigureScale: [UsageDay: UsageCount]] = [:]

    /// - Throws: `UnreadableEvent`.
    init(_ chunk: EventChunk) throws {
        let recorded = try chunk.all(UsageRecorded.self).map {
            ($0.data.organizationId, $0.stored.sequence, $0.stored.time, News.recorded($0.data))
        }
        let reached = try chunk.all(UsageLimitReached.self).map {
            ($0.data.organizationId, $0.stored.sequence, $0.stored.time, News.limitReached($0.data))
        }
        entries = (recorded + reached).sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    }

    var isEmpty: Bool { entries.isEmpty }
    var organizations: [UUID] { Set(entries.map(\.organizationId)).sorted() }

    /// - Parameters:
    ///   - known: how far each organization has been counted.
    ///   - purged: organizations of which nothing is kept.
    mutating func follow(from known: [(organizationId: UUID, sequence: Int64)], without purged: Set<UUID>) {
        let known = Dictionary(known.map { ($0.organizationId, $0.sequence) }) { first, _ in first }
        for entry in entries where !purged.contains(entry.organizationId) {
            guard entry.sequence > sequences[entry.organizationId] ?? known[entry.organizationId] ?? 0 else { continue }
            sequences[entry.organizationId] = entry.sequence
            switch entry.news {
            case .recorded(let data):
                count(data.entitlement, entry.organizationId, at: data.usedAt) { count in
                    count.quantity += data.quantity
                    count.records += 1
                }
            case .limitReached(let data):
                count(data.entitlement, entry.organizationId, at: entry.time) { $0.limitsReached += 1 }
            }
        }
    }

    private mutating func count(
        _ entitlement: String, _ organizationId: UUID, at instant: Timestamp, _ body: (inout UsageCount) -> Void
    ) {
        for scale in FigureScale.allCases {
            for owner in [organizationId, .everybody] {
                let day = UsageDay(organizationId: owner, entitlement: entitlement, day: scale.start(of: instant.startOfDay))
                body(&counts[scale, default: [:]][day, default: UsageCount()])
            }
        }
    }
}
