import PostgresServer
package import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Lends a new folder under `/tmp`, which other accounts may enter and none may change, and removes it with all it holds.
package func withScratchFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let folder = try makeScratchFolder()
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(folder)) } catch { outcome = .failure(error) }
    try Files.remove(folder)
    return try outcome.get()
}

/// A new folder under `/tmp`, short enough for sockets. The caller removes it.
package func makeScratchFolder(mode: FilePermissions = [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute]) throws -> FilePath {
    // Not $TMPDIR: it may be long, and closed to the account that servers run under.
    var template = Array("/tmp/saasctl-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    let path = FilePath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    guard chmod(path.string, mode.rawValue) == 0 else { throw Errno(rawValue: errno) }
    return path
}
