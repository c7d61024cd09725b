public import Kernel
import PostgresServer
import SystemPackage

extension Sandbox {
    public enum Condition: String, Sendable, Hashable, CaseIterable {
        /// Never started, or reset since.
        case absent
        /// There are data and no server, as `stop` leaves it.
        case stopped
        /// Started, and its server is up.
        case running
        /// Started, but its server has gone, with the machine or by a crash: `start` brings it back.
        case down
    }

    /// How the sandbox is.
    public struct Status: Sendable, Hashable {
        public let condition: Condition
        /// Where everything of it lies.
        public let folder: String
        /// Where the server's log is.
        public let logFile: String
        /// Where the socket is; `nil` without a server.
        public let socketFolder: String?
        /// The postmaster's; `nil` without a server.
        public let processID: Int32?
        /// When the server was started, to the second; `nil` without a server.
        public let startedAt: Timestamp?
        /// The account of the operating system that the server runs under.
        public let account: String
        /// How far the sandbox's clock is off.
        public let clockShift: Duration
    }

    /// Looks at files only: locks nothing and connects to nothing.
    public func status() throws -> Status {
        let cluster = try cluster()
        let isStarted = try SandboxState.read(folder)?.isStarted ?? false
        var running: RunningServer?
        let condition: Condition
        switch try cluster.status() {
        case .absent: condition = .absent
        case .running(let server):
            running = server
            condition = isStarted ? .running : .stopped
        case .stopped, .stale: condition = isStarted ? .down : .stopped
        }
        return Status(
            condition: condition, folder: path, logFile: cluster.logFile.string, socketFolder: running?.socketFolder?.string,
            processID: running?.processID, startedAt: running?.startedAt.map { Timestamp(microseconds: $0 * 1_000_000) },
            account: cluster.account.name, clockShift: try clockShift())
    }
}
