import CommandKit
import Kernel
import Migrations
import Organization
import Outbox
import Worker

/// One thing that a monitor looks at, as `health` shows it.
struct HealthCheck: Listable {
    enum State: String, Sendable, Codable {
        case ok
        /// A migration is pending, or this program is.
        case pending
        /// Somebody has to act.
        case failing
        /// It cannot be asked.
        case unreachable
    }

    /// What is looked at: `database` or `lane`.
    let check: String
    let name: String
    let state: State
    let message: String
    var errorCode: String?
    var latencyMs: Double?
    var serverVersion: String?
    /// The highest migration of those that all databases have, and of the service's own.
    var commonSchema: Int?
    var schema: Int?
    var overdueTimers: Int64?
    var behind: Int64?
    var oldestAgeMs: Int64?
    var deadLetters: Int64?

    static let resourceKind = "HealthCheck"

    static var columns: [Column<HealthCheck>] {
        [
            Column("check", mayShrink: false) { "\($0.check) \($0.name)" }, Column("state", mayShrink: false) { $0.state.rawValue },
            Column("message") { $0.message },
        ]
    }

    var identifier: String { "\(check)/\(name)" }
}

extension HealthCheck {
    /// - Parameter limits: how long what is due may wait.
    init(_ database: DatabaseHealth, limits: StatusCheck) {
        let complaint = database.complaint ?? limits.complaint(about: database)
        self.init(
            check: "database", name: database.service,
            state: database.hasOtherSchema ? .pending : !database.isUp ? .unreachable : complaint == nil ? .ok : .failing,
            message: database.failure?.message ?? complaint ?? database.summary, errorCode: database.failure?.code.name,
            latencyMs: database.latency.map { ($0 / .milliseconds(1) * 1_000).rounded() / 1_000 },
            serverVersion: database.vitals?.serverVersion, commonSchema: database.schema?.common, schema: database.schema?.own,
            overdueTimers: database.vitals?.overdueTimers, oldestAgeMs: database.overdueMs)
    }

    /// - Parameter limits: how far it may be behind.
    init(_ lane: LaneStatus, limits: StatusCheck) {
        let complaint = lane.error ?? limits.complaint(about: lane)
        self.init(
            check: "lane", name: lane.name, state: lane.state == .unavailable ? .unreachable : complaint == nil ? .ok : .failing,
            message: complaint ?? (lane.behind.map { $0 == 0 ? "level" : "\($0) events behind" } ?? "unknown"), behind: lane.behind,
            oldestAgeMs: lane.oldestAgeMs, deadLetters: lane.deadLetters?.dead)
    }
}

extension DatabaseHealth {
    fileprivate var summary: String {
        let version = vitals.map { "PostgreSQL \($0.serverVersion)" } ?? "PostgreSQL"
        let level = schema.map { ", schema \($0.common)+\($0.own)" } ?? ""
        let late = vitals?.overdueTimers ?? 0
        return version + level + (late > 0 ? ", \(late) \(late == 1 ? "timer" : "timers") overdue" : "")
    }

    /// What somebody has to do something about; `nil` for nothing.
    fileprivate var complaint: String? {
        if let room = vitals?.outboxRoom, room < 0 { return "events lie in the outbox's default partition, \(-room) beyond the last one" }
        return failingWork.first
    }

    /// Timers and sagas that somebody has to look after.
    var failingWork: [String] {
        let failing = vitals?.failingTimers ?? 0
        let failed = sagas[.failed, default: 0] + sagas[.compensationFailed, default: 0]
        return (failing > 0 ? ["\(failing) timers fail again and again"] : []) + (failed > 0 ? ["\(failed) sagas have failed"] : [])
    }
}

extension StatusCheck {
    fileprivate func complaint(about database: DatabaseHealth) -> String? {
        guard let maxAge, let age = database.overdueMs.map(Duration.milliseconds), age > maxAge else { return nil }
        return "has something due for \(DurationText.text(age))"
    }
}
