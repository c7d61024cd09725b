import PostgresServer
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A new folder in ``ScratchRoot`` that other accounts may enter and none may change, with a path short enough for sockets.
public struct ScratchFolder: Sendable, CustomStringConvertible {
    public let path: FilePath

    /// The caller removes it; ``withScratchFolder(_:)`` does so by itself.
    public init() throws {
        // Not $TMPDIR: it may be long, and closed to the account that servers run under.
        var template = Array("\(ScratchRoot.path)saasctl-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
        guard chmod(path.string, 0o755) == 0 else { throw Errno(rawValue: errno) }
    }

    /// The path as a text.
    public var description: String { path.string }

    /// The path of something inside, `home/.config` for instance.
    public func file(_ name: String) -> String {
        path.appending(name).string
    }

    /// Writes a file, with the folders above it, and returns its path.
    @discardableResult
    public func write(_ text: String, to name: String, mode: UInt16 = 0o600) throws -> String {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    /// Writes a file, with the folders above it, and returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String, mode: UInt16 = 0o600) throws -> String {
        let target = path.appending(name)
        try Files.makeFolder(target.removingLastComponent(), mode: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
        try Files.replace(target, with: bytes, mode: FilePermissions(rawValue: CInterop.Mode(mode)))
        return target.string
    }

    public func makeFolder(_ name: String, mode: UInt16 = 0o755) throws {
        try Files.makeFolder(path.appending(name), mode: FilePermissions(rawValue: CInterop.Mode(mode)))
    }

    /// - Returns: `nil` where there is no such file.
    public func read(_ name: String) throws -> String? {
        try Files.readText(path.appending(name))
    }

    public func remove(_ name: String = "") throws {
        try Files.remove(name.isEmpty ? path : path.appending(name))
    }
}

/// Lends a scratch folder and removes it with all it holds, however the body ends.
public func withScratchFolder<Result>(_ body: (ScratchFolder) async throws -> Result) async throws -> Result {
    let folder = try ScratchFolder()
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(folder)) } catch { outcome = .failure(error) }
    try folder.remove()
    return try outcome.get()
}
