import PostgresServer
import Subprocess
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file system of a few megabytes, which a test can fill: a disk that is full, and has room again.
public struct SmallFileSystem: Sendable {
    /// Belongs to the account that servers of tests run under.
    public let path: FilePath
    private var filling: FilePath { path.appending("filling") }

    /// Whether this process may mount one. That takes root, and a machine or container that lets it.
    public static var isPossible: Bool {
        get async {
            do {
                return try await withScratchFolder { try await withSmallFileSystem(megabytes: 1, in: $0) { _ in true } }
            } catch {
                return false
            }
        }
    }

    /// Takes all the room that is left.
    public func fill() throws {
        let file = try FileDescriptor.open(
            filling, .writeOnly, options: [.create, .append, .closeOnExec], permissions: FilePermissions(rawValue: 0o600))
        let zeros = [UInt8](repeating: 0, count: 1 << 16)
        try file.closeAfter {
            // In ever smaller steps, to the last page.
            for size in [1 << 16, 1 << 12, 1] {
                do {
                    while true { _ = try zeros.withUnsafeBytes { try file.writeAll($0.prefix(size)) } }
                } catch Errno.noSpace {}
            }
        }
    }

    /// Gives the room back.
    public func free() throws {
        try Files.remove(filling)
    }

    fileprivate init(megabytes: Int, at path: FilePath) async throws {
        let account = try ServerAccount.suitable()
        self.path = path
        guard mkdir(path.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
        try await Self.run(
            "mount",
            ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700,uid=\(account.userID),gid=\(account.groupID)", "tmpfs", path.string])
    }

    /// Whoever still uses it keeps it until then.
    fileprivate func unmount() async throws {
        try await Self.run("umount", ["--lazy", path.string])
    }

    private static func run(_ program: String, _ arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), output: .discarded, error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else { throw Refused(program: program, reason: result.standardError) }
    }

    struct Refused: Error {
        let program: String
        let reason: String
    }
}

/// Lends a small file system. Servers that use it have to be stopped by the body, or to be in the way of nobody.
public func withSmallFileSystem<Result>(
    megabytes: Int, in folder: ScratchFolder, named name: String = "small", _ body: (SmallFileSystem) async throws -> Result
) async throws -> Result {
    let files = try await SmallFileSystem(megabytes: megabytes, at: folder.path.appending(name))
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(files)) } catch { outcome = .failure(error) }
    try await Task { try await files.unmount() }.value
    return try outcome.get()
}
