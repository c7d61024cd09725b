public import SystemPackage

/// How a private server is, as far as its files tell.
public enum ServerStatus: Sendable, Hashable {
    /// Never initialized.
    case absent
    case stopped
    /// A server ran and ended without cleaning up, by a crash or a reboot; it can be started.
    case stale
    case running(RunningServer)
}

/// A server at work.
public struct RunningServer: Sendable, Hashable {
    public let processID: Int32
    /// `nil` while it starts.
    public let socketFolder: FilePath?
    /// Seconds since 1970; `nil` while it starts.
    public let startedAt: Int64?
    /// Whether it accepts connections, rather than starting, recovering or stopping.
    public let isReady: Bool
}
