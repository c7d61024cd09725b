import PostgresServer
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Keeps two commands from changing one sandbox at once. The kernel lets go of it when a process dies (flock(2)).
enum SandboxLock {
    /// Runs the body while no other command holds the lock.
    ///
    /// - Parameter limit: how long another may take; a first start has to make a cluster and migrate it.
    /// - Throws: ``SandboxError/busy(folder:)``, or what the body throws.
    static func holding<Result>(_ folder: SandboxFolder, limit: Duration = .seconds(120), _ body: () async throws -> Result) async throws
        -> Result
    {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(folder.lock, .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw FileSystemError("open", folder.lock, (error as? Errno) ?? .ioError)
        }
        let deadline = ContinuousClock.now + limit
        let outcome: Swift.Result<Result, any Error>
        do {
            while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else { throw FileSystemError("lock", folder.lock, Errno(rawValue: errno)) }
                guard ContinuousClock.now < deadline else { throw SandboxError.busy(folder: folder.path.string) }
                // A waiting flock(2) would hold a thread and could not be cancelled.
                try await Task.sleep(for: .milliseconds(25))
            }
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        try file.close()
        return try outcome.get()
    }
}
