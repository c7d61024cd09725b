import Postgres

/// The session that holds a lane's lock, as PostgreSQL sees it.
public struct LaneHolder: Sendable, Codable, Hashable, CustomStringConvertible {
    public let pid: Int32
    /// What the session calls itself; `nil` where it has no name.
    public let application: String?
    /// The address that it came from; `nil` for a socket of the same machine, and where the asking role may not see it.
    public let host: String?

    init(pid: Int32, application: String?, host: String?) {
        self.pid = pid
        self.application = application
        self.host = host
    }

    /// `saasctl worker (4711)`, `saasctl worker (4711) at 10.0.0.7`
    public var description: String {
        "\(application ?? "pid") (\(pid))" + (host.map { " at \($0)" } ?? "")
    }
}
