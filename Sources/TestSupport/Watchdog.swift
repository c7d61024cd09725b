import PostgresServer
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A tiny child that outlives this process for a moment, to end a server and remove its folder.
///
/// It reads from a socket whose other end only this process holds. So it acts however this process ends: by itself, by a crash or
/// by a kill that lets nobody clean up.
struct Watchdog: Sendable {
    private let process: Task<Void, any Error>
    private let ours: FileDescriptor

    /// - Parameters:
    ///   - cluster: the server's folder; it need not run yet.
    ///   - folder: what to remove.
    init(cluster: PrivateCluster, folder: FilePath) throws {
        let (leash, ours) = try Self.leash()
        self.ours = ours
        let pidFile = cluster.folder.appending("data").appending("postmaster.pid")
        let script = """
            trap '' HUP INT TERM
            read -r nothing
            # SIGQUIT is the server's immediate shutdown.
            if pid=$(head -n 1 "$1" 2>&1) && kill -QUIT "$pid"; then
                tries=0
                while kill -0 "$pid" && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
            fi
            rm -rf "$2"
            """
        process = Task.detached {
            var options = PlatformOptions()
            options.createSession = true
            _ = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", script, "saasctl-test-watchdog", pidFile.string, folder.string], workingDirectory: "/",
                platformOptions: options, input: .fileDescriptor(leash, closeAfterSpawningProcess: true), output: .discarded,
                error: .discarded)
        }
    }

    /// Does what the end of the process does, for the test of the watchdog itself.
    func letGo() throws {
        try ours.close()
    }

    /// Waits until the watchdog has done its work.
    func finished() async throws {
        try await process.value
    }

    /// The end for the child, and ours, which stays open until this process ends and which no child gets. A socket, because Swift sees no
    /// pipe2(2), and between pipe(2) and fcntl(2) somebody might start a child.
    private static func leash() throws -> (FileDescriptor, FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }
}
