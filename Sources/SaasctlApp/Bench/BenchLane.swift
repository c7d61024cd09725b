import ArgumentParser
import Audit
import Bench
import Outbox

/// Which lanes `worker bench` measures.
enum BenchLane: String, ExpressibleByArgument, CaseIterable, Codable, Sendable {
    case noop, audit, all

    /// Whose outbox the single lanes read.
    static let source = "organization"
    /// The database that they write to.
    static let target = "audit"

    var consumers: [any Consumer] {
        switch self {
        case .noop: [NoopConsumer(service: Self.target, sources: [Self.source])]
        case .audit: [AuditConsumer(sources: [Self.source])]
        case .all: Registry.consumers
        }
    }
}
