#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Tells systemd how the service is: `Type=notify` and `WatchdogSec=` (sd_notify(3), sd_watchdog_enabled(3)). The protocol is a datagram of
/// lines to the socket that `NOTIFY_SOCKET` names.
struct ServiceManager: Sendable {
    private let socketPath: String
    /// How often it wants to hear from us; `nil` where it does not.
    let watchdog: Duration?

    /// - Returns: `nil` where no service manager asks to be told.
    init?(environment: [String: String], processId: Int32 = getpid()) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count < 108 else { return nil }
        socketPath = path
        let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == processId } ?? true
        let limit = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { Duration.microseconds($0) }
        watchdog = isForUs ? limit : nil
    }

    /// - Parameter state: lines such as `READY=1`. What cannot be delivered is lost: the service manager acts on silence.
    func notify(_ state: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socketPath.utf8)
        // The abstract namespace, whose names begin with a zero byte (unix(7)).
        if path[0] == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, state, state.utf8.count, Int32(MSG_NOSIGNAL), address, size)
            }
        }
    }
}
