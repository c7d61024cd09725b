import Audit
import CommandKit
import FoundationEssentials
import Kernel

/// An entry and why somebody said that it was done. Reasons are free text, so that no event has them: the service that the event is of keeps them.
struct ReasonedEntry: Listable {
    static let resourceKind = AuditEntry.resourceKind

    static var columns: [Column<ReasonedEntry>] {
        [
            Column("time", mayShrink: false) { $0.entry.time }, Column("event") { $0.entry.event },
            Column("subject", mayShrink: false) { $0.entry.subject }, Column("actor") { $0.entry.actor }, Column("reason") { $0.reason },
            Column("data") { $0.entry.data.compact },
        ]
    }

    let entry: AuditEntry
    /// `nil` also for what followed from the operation in other services.
    let reason: String?

    var identifier: String { entry.identifier }

    private enum CodingKeys: String, CodingKey {
        case reason
    }

    init(_ entry: AuditEntry, reason: String?) {
        self.entry = entry
        self.reason = reason
    }

    init(from decoder: any Decoder) throws {
        entry = try AuditEntry(from: decoder)
        reason = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .reason)
    }

    func encode(to encoder: any Encoder) throws {
        try entry.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encodeIfPresent(reason, forKey: .reason)
    }
}

extension CommandContext {
    /// Entries with their reasons. A service that cannot be asked is named on standard error, and hides no entry.
    func reasoned(_ page: Page<AuditEntry>) async throws -> Page<ReasonedEntry> {
        var reasons: [String: [UUID: String]] = [:]
        // What a service did of its own was no operation.
        let operations = page.items.filter { $0.causationId == nil && services.names.contains($0.source) }
        for (source, entries) in Dictionary(grouping: operations, by: \.source).sorted(by: { $0.key < $1.key }) {
            do {
                reasons[source] = try await self.reasons(ofOperations: Set(entries.map(\.correlationId)).sorted(), in: source)
            } catch let error as any DomainError where error.failure.code != .interrupted {
                notice("the reasons of \(source) are not shown: \(error.failure.message)")
            }
        }
        return page.map { ReasonedEntry($0, reason: $0.causationId == nil ? reasons[$0.source]?[$0.correlationId] : nil) }
    }
}
