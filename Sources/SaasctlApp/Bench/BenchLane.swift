import ArgumentParser
import Audit
import Bench
import Outbox

/// Which lanes `worker bench` measures.
enum BenchLane: String, ExpressibleByArgument, CaseIterable, Codable, Sendable {
    case noop, audit, log, all

    /// Whose outbox the single lanes read.
    static let source = "organization"
    /// The database that they write to.
    static let target = "audit"

    /// Whether the audit log's sequencer runs, too.
    var settles: Bool { self == .log || self == .all }

    var consumers: [any Consumer] {
        switch self {
        case .noop: [NoopConsumer(service: Self.target, sources: [Self.source])]
        case .audit, .log: [AuditConsumer(sources: [Self.source])]
        case .all: Registry.consumers
        }
    }
}
