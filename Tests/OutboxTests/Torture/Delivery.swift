import FoundationEssentials
import Postgres

/// An event as the oracle compares it.
struct Delivery: Sendable, Hashable {
    let position: Int64
    let id: UUID
    let subject: UUID
    let sequence: Int64

    static func all(in table: String, orderedBy order: String) -> Query<Delivery> {
        Query("select position, id, subject, sequence from \(identifier: table) order by \(identifier: order)") { row in
            Delivery(position: try row.get(0), id: try row.get(1), subject: try row.get(2), sequence: try row.get(3))
        }
    }
}

/// The oracle: what a reader has applied, against what was committed.
struct Verdict: Sendable, CustomStringConvertible {
    /// Committed and never applied.
    let missing: [Delivery]
    /// Applied again.
    let twice: [Delivery]
    /// Applied and never committed.
    let invented: [Delivery]
    /// Applied with a sequence that is not one more than that of the same aggregate's event before it.
    let misordered: [Delivery]

    init(committed: [Delivery], applied: [Delivery]) {
        let wanted = Set(committed)
        var seen: Set<Delivery> = []
        var twice: [Delivery] = []
        var misordered: [Delivery] = []
        var last: [UUID: Int64] = [:]
        for event in applied {
            if !seen.insert(event).inserted { twice.append(event) }
            if event.sequence != last[event.subject, default: 0] + 1 { misordered.append(event) }
            last[event.subject] = event.sequence
        }
        missing = committed.filter { !seen.contains($0) }
        invented = applied.filter { !wanted.contains($0) }
        self.twice = twice
        self.misordered = misordered
    }

    var isClean: Bool { missing.isEmpty && twice.isEmpty && invented.isEmpty && misordered.isEmpty }

    var description: String {
        func part(_ name: String, _ events: [Delivery]) -> String {
            "\(events.count) \(name)" + (events.first.map { " (first at position \($0.position))" } ?? "")
        }
        return [part("missing", missing), part("twice", twice), part("invented", invented), part("misordered", misordered)].joined(
            separator: ", ")
    }
}
