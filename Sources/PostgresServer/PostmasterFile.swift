import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a running server writes into `postmaster.pid` (PostgreSQL's `miscadmin.h`, "postmaster.pid" lines), and what is left of it.
struct PostmasterFile {
    let processID: Int32
    let startedAt: Int64?
    let socketFolder: FilePath?
    let sharedMemoryID: Int32?
    let isReady: Bool

    /// - Returns: `nil` for a file that holds no process id, such as one that was cut off when the disk was full.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        func line(_ number: Int) -> Substring? { lines.count >= number && !lines[number - 1].isEmpty ? lines[number - 1] : nil }
        // A standalone backend writes its id with a minus sign.
        guard let first = line(1), let processID = Int32(first.drop { $0 == "-" }), processID > 1 else { return nil }
        self.processID = processID
        startedAt = line(3).flatMap { Int64($0) }
        socketFolder = line(5).map { FilePath(String($0)) }
        sharedMemoryID = line(7)?.split(separator: " ").last.flatMap { Int32($0) }
        isReady = line(8)?.hasPrefix("ready") ?? false
    }

    /// Whether the process of this file is alive and is the server of this data folder. After a reboot the number may belong to anything.
    func isAlive(dataFolder: FilePath) throws -> Bool {
        if kill(processID, 0) != 0, errno == ESRCH { return false }
        do {
            // A postmaster's working folder is its data folder.
            let current = try FilePath("/proc/\(processID)/cwd").stat()
            let data = try dataFolder.stat()
            return current.inode == data.inode && current.deviceID == data.deviceID
        } catch Errno.noSuchFileOrDirectory {
            return false
        } catch {
            // Root in a container may be forbidden to look (ptrace(2), access mode checking). A server that still starts has no memory yet.
            return try sharedMemoryID == nil || hasSurvivors
        }
    }

    /// Whether processes of the server still hold its shared memory: children outlive a postmaster that was killed, for a moment.
    var hasSurvivors: Bool {
        get throws {
            // Unlike shmctl(2) this table needs no permission on the segment.
            guard let sharedMemoryID, let table = try Files.readText("/proc/sysvipc/shm") else { return false }
            for line in table.split(separator: "\n").dropFirst() {
                let columns = line.split(separator: " ")
                guard columns.count > 6, Int32(columns[1]) == sharedMemoryID else { continue }
                return (Int(columns[6]) ?? 0) > 0
            }
            return false
        }
    }
}
