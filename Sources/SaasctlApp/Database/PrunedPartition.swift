import CommandKit
import Kernel
import Outbox

/// What became of one partition of an outbox, or would.
struct PrunedPartition: Listable {
    enum Action: String, Codable, Sendable {
        case dropped
        case wouldDrop = "would_drop"
        /// Another run has dropped it.
        case gone
        case kept
    }

    enum Reason: String, Codable, Sendable {
        case inUse = "in_use"
        case noConsumer = "no_consumer"
        case notStarted = "not_started"
        case otherEpoch = "other_epoch"
        case behind
        case lastApplied = "last_applied"
        case young
        case olderStays = "older_stays"
        case justWritten = "just_written"
        case busy
    }

    let service: String
    let partition: String
    /// The first position.
    let lower: Int64
    /// Behind the last position.
    let upper: Int64
    let action: Action
    /// Why it was kept.
    let reason: Reason?
    /// The consumer that the reason is about.
    let consumer: String?
    /// How many it holds, where it came to counting.
    let events: Int64?
    let newest: Timestamp?
    /// In hexadecimal, as `outbox_drops` has it.
    let hash: String?

    init(_ fate: PartitionFate, of service: String) {
        self.service = service
        partition = fate.partition.name
        lower = fate.partition.lower
        upper = fate.partition.upper
        events = fate.digest?.events
        hash = fate.digest?.hash.hexadecimal
        var newest = fate.digest?.newest
        var why: (reason: Reason, consumer: String?)?
        switch fate.action {
        case .dropped: action = .dropped
        case .wouldDrop: action = .wouldDrop
        case .gone: action = .gone
        case .kept(let reason):
            action = .kept
            why = Self.why(reason)
            if case .young(let time) = reason { newest = time }
        }
        reason = why?.reason
        consumer = why?.consumer
        self.newest = newest
    }

    private static func why(_ reason: KeepReason) -> (Reason, String?) {
        switch reason {
        case .inUse: (.inUse, nil)
        case .noConsumer: (.noConsumer, nil)
        case .consumerHasNotStarted(let consumer): (.notStarted, consumer)
        case .consumerIsInAnotherEpoch(let consumer): (.otherEpoch, consumer)
        case .consumerIsBehind(let consumer): (.behind, consumer)
        case .consumerEndsHere(let consumer): (.lastApplied, consumer)
        case .young: (.young, nil)
        case .olderOneStays: (.olderStays, nil)
        case .justWritten: (.justWritten, nil)
        case .busy: (.busy, nil)
        }
    }

    static let resourceKind = "OutboxPartition"

    static var columns: [Column<PrunedPartition>] {
        [
            Column("service", mayShrink: false) { $0.service }, Column("partition", mayShrink: false) { $0.partition },
            Column("action") { $0.action == .wouldDrop ? "would drop" : $0.action.rawValue }, Column("why") { $0.explanation },
            Column("events", alignment: .trailing) { $0.events }, Column("newest") { $0.newest },
        ]
    }

    private var explanation: String? {
        let who = consumer ?? "a consumer"
        return switch reason {
        case .inUse: "in use, or ahead"
        case .noConsumer: "no consumer is known"
        case .notStarted: "\(who) has not begun"
        case .otherEpoch: "\(who) counts in another epoch"
        case .behind: "\(who) is behind"
        case .lastApplied: "\(who) has applied nothing later"
        case .young: "too young"
        case .olderStays: "an older one stays"
        case .justWritten: "written just now"
        case .busy: "the lock could not be had"
        case nil: action == .gone ? "another run dropped it" : nil
        }
    }

    var identifier: String { "\(service)/\(partition)" }
}
