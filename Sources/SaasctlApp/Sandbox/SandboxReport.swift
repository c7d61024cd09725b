import CommandKit
import FoundationEssentials
import Kernel
import Sandbox

/// How the sandbox is, as commands show it.
struct SandboxReport: Renderable {
    let state: String
    let folder: String
    let log: String
    let socket: String?
    let pid: Int32?
    let startedAt: Timestamp?
    let account: String
    let clockShiftSeconds: Int64

    init(_ status: Sandbox.Status) {
        state = status.condition.rawValue
        folder = status.folder
        log = status.logFile
        socket = status.socketFolder
        pid = status.processID
        startedAt = status.startedAt
        account = status.account
        clockShiftSeconds = status.clockShift.components.seconds
    }

    static let resourceKind = "Sandbox"

    static let fields: [Column<SandboxReport>] = [
        Column("sandbox") { $0.state }, Column("folder") { $0.folder }, Column("socket") { $0.socket }, Column("log") { $0.log },
        Column("pid") { $0.pid }, Column("account") { $0.account }, Column("started at") { $0.startedAt },
        Column("clock shift") { report in report.clockShiftSeconds == 0 ? "none" : "\(report.clockShiftSeconds) s" },
    ]

    var identifier: String { state }
}
