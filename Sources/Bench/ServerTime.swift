import PostgresServer
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How much processor time a server has used, with all its sessions, those that have ended included.
enum ServerTime {
    /// - Returns: `nil` where the system does not tell (proc(5)).
    static func spent(byPostmaster postmaster: Int32) -> Duration? {
        guard let own = fields(of: postmaster) else { return nil }
        var ticks = own.time + own.childrenTime
        for name in (try? Files.names(in: "/proc")) ?? [] {
            if let pid = Int32(name), let process = fields(of: pid), process.parent == postmaster { ticks += process.time }
        }
        return .microseconds(ticks * 1_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }

    private struct Fields {
        let parent: Int32
        let time: Int64
        /// Of children that have ended and been waited for.
        let childrenTime: Int64
    }

    private static func fields(of pid: Int32) -> Fields? {
        // A process that ends meanwhile has no file, and then no time of its own either.
        guard let text = try? Files.readText(FilePath("/proc/\(pid)/stat")), let end = text.lastIndex(of: ")") else { return nil }
        // From the third field on; the second is the name, which may hold anything.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        let times = fields[11...14].compactMap { Int64($0) }
        guard times.count == 4 else { return nil }
        return Fields(parent: parent, time: times[0] + times[1], childrenTime: times[2] + times[3])
    }
}
