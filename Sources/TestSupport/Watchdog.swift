import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A tiny child that outlives this process for a moment, to end the servers in a folder and remove it.
///
/// It reads from a socket whose other end only this process holds. So it acts however this process ends: by itself, by a crash or by a kill
/// that lets nobody clean up.
struct Watchdog: Sendable {
    private let process: Task<Void, any Error>
    private let ours: FileDescriptor

    /// Returns when the child watches.
    ///
    /// - Parameter folder: where data folders of servers may appear, at any depth; removed in the end.
    init(_ folder: FilePath) async throws {
        let (leash, ours) = try Self.leash()
        self.ours = ours
        let script = """
            trap '' HUP INT TERM
            read -r nothing
            test -d "$1" || exit 0
            find "$1" -name postmaster.pid | while read -r file; do
                # A long path has its socket elsewhere.
                case "$(sed -n 5p "$file")" in /tmp/saasctl-*) socket=$(sed -n 5p "$file") ;; *) socket= ;; esac
                # SIGQUIT is the server's immediate shutdown.
                if pid=$(head -n 1 "$file") && kill -QUIT "$pid"; then
                    tries=0
                    while kill -0 "$pid" && [ $tries -lt 100 ]; do sleep 0.05; tries=$((tries + 1)); done
                fi
                rm -rf ${socket:+"$socket"}
            done
            rm -rf "$1"
            """
        let (watching, signal) = AsyncStream.makeStream(of: Void.self)
        process = Task.detached {
            defer { signal.finish() }
            var options = PlatformOptions()
            options.createSession = true
            _ = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", script, "saasctl-test-watchdog", folder.string], workingDirectory: "/",
                platformOptions: options, input: .fileDescriptor(leash, closeAfterSpawningProcess: true), output: .discarded,
                error: .discarded
            ) { _ in signal.finish() }
        }
        for await _ in watching {}
    }

    /// Does what the end of the process does, and waits until the watchdog has done its work.
    func letGo() async throws {
        try ours.close()
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

/// Lends a scratch folder for servers of the test's own: they end, and the folder goes, when the body ends or the process dies.
///
/// The body stops its servers itself, as a rule; what it leaves is shut down at once.
public func withServerFolder<Result>(_ body: (ScratchFolder) async throws -> Result) async throws -> Result {
    let folder = try ScratchFolder()
    let watchdog = try await Watchdog(folder.path)
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(folder)) } catch { outcome = .failure(error) }
    try await Task { try await watchdog.letGo() }.value
    return try outcome.get()
}
