import PostgresServer
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where scratch folders are: in memory where it has room for the servers of a whole run, because a copy of a database is hundreds of files, which cost
/// ten times as much to make on a disk.
enum ScratchRoot {
    /// With a `/` at its end.
    static let path = isRoomy(inMemory) ? inMemory : "/tmp/"

    private static let inMemory = "/dev/shm/"
    private static let bytesNeeded: UInt64 = 8 << 30
    /// `ST_NOEXEC` of statvfs(3), which is no constant that Swift sees.
    private static let noExecution: UInt = 8

    /// Containers give it a few megabytes, and let nothing run that lies there.
    private static func isRoomy(_ folder: String) -> Bool {
        var files = statvfs()
        guard statvfs(folder, &files) == 0, access(folder, W_OK | X_OK) == 0 else { return false }
        return UInt64(files.f_bavail) * UInt64(files.f_frsize) >= bytesNeeded && files.f_flag & noExecution == 0
            && memoryAvailable() >= bytesNeeded
    }

    /// proc(5): "an estimate of how much memory is available for starting new applications, without swapping", in kB.
    private static func memoryAvailable() -> UInt64 {
        guard let text = try? Files.readText("/proc/meminfo"),
            let line = text.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("MemAvailable:") }),
            let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ UInt64($0) })
        else { return 0 }
        return kilobytes << 10
    }
}
