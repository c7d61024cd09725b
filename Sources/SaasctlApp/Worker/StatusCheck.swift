import CommandKit
import Kernel
import Outbox
import Worker

/// Judges a look at all lanes, for a monitor.
struct StatusCheck {
    let maxLag: Int64?
    let maxAge: Duration?

    func verdict(on status: WorkerStatus) -> StatusVerdict {
        if let failure = status.failure { return StatusVerdict(exit: failure.code.exit, message: failure.message, lanes: status.unasked) }
        let complaints = status.lanes.compactMap { lane in complaint(about: lane).map { (lane.name, $0) } }
        guard let first = complaints.first else {
            let behind = status.lanes.reduce(0) { $0 + ($1.behind ?? 0) }
            return StatusVerdict(exit: .success, message: "\(status.lanes.count) lanes, \(behind) events behind", lanes: [])
        }
        let more = complaints.count > 1 ? ", and \(complaints.count - 1) more" : ""
        return StatusVerdict(exit: .pending, message: "\(first.0) \(first.1)\(more)", lanes: complaints.map(\.0))
    }

    /// What is wrong with a lane that could be asked; `nil` where nothing is.
    func complaint(about lane: LaneStatus) -> String? {
        if lane.state == .stopped { return "stands: \(lane.lastError ?? "until somebody acts")" }
        if let maxLag, let behind = lane.behind, behind > maxLag { return "is \(behind) events behind" }
        if let maxAge, let age = lane.oldestAgeMs, Duration.milliseconds(age) > maxAge {
            return "has an event waiting for \(DurationText.text(.milliseconds(age)))"
        }
        if let dead = lane.deadLetters?.dead, dead > 0 {
            let error = lane.deadLetterError.map { ": \($0)" } ?? ""
            return "has \(DeadLetterCount.text(dead)) dead \(dead == 1 ? "event" : "events")\(error)"
        }
        return nil
    }
}

/// What `worker status --check` prints: one line, or one object.
struct StatusVerdict: Renderable {
    let healthy: Bool
    let message: String
    /// The lanes that are not as they should be.
    let lanes: [String]
    let exitStatus: Int32

    init(exit: ExitStatus, message: String, lanes: [String]) {
        healthy = exit == .success
        self.message = message
        self.lanes = lanes
        exitStatus = exit.rawValue
    }

    var exit: ExitStatus { ExitStatus(rawValue: exitStatus) ?? .failure }

    static let resourceKind = "WorkerCheck"
    static let fields: [Column<StatusVerdict>] = [Column("check") { $0.line }]
    var plainText: String? { TerminalText.printable(line) + "\n" }
    var identifier: String { healthy ? "ok" : "failing" }
    private var line: String { "\(identifier): \(message)" }
}
