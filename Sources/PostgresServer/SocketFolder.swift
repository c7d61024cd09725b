import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The folder for a server's socket: closed to others, and short enough for the kernel.
enum SocketFolder {
    /// The name that PostgreSQL gives its socket for port 5432.
    static let socketName = ".s.PGSQL.5432"

    /// Bytes that fit into `sockaddr_un` (unix(7)) before the final zero: 107 on Linux.
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// The folder itself where a socket fits into it; else a short one named by a hash of it, in `$XDG_RUNTIME_DIR` or `/tmp`.
    ///
    /// - Parameter environment: names `XDG_RUNTIME_DIR`, which counts only where the server runs under the caller's account.
    static func choose(preferred: FilePath, account: ServerAccount, environment: [String: String]) -> FilePath {
        if fits(preferred) { return preferred }
        let name = "saasctl-\(account.userID)-\(hash(preferred.string))"
        if let runtime = environment["XDG_RUNTIME_DIR"], !account.isForeign {
            let folder = FilePath(runtime).appending(name)
            if folder.isAbsolute, fits(folder), (try? Files.stat(FilePath(runtime)))??.userID.rawValue == account.userID { return folder }
        }
        return FilePath("/tmp").appending(name)
    }

    /// libpq reads a comma in a host as the start of another one, so such a folder fits no more than a long one.
    private static func fits(_ folder: FilePath) -> Bool {
        folder.string.utf8.count + 1 + socketName.utf8.count <= longestPath && !folder.string.contains(",")
    }

    /// Makes the folder where it is missing, and removes what a server that died left in it.
    ///
    /// - Throws: ``ServerError/unsafeSocketFolder(_:)`` where it is not the account's own or open to others, as anyone may arrange in `/tmp`.
    static func prepare(_ folder: FilePath, for account: ServerAccount) throws {
        try Files.makeFolder(folder, mode: .ownerReadWriteExecute, owner: account)
        let stat: Stat
        do {
            stat = try folder.stat(followTargetSymlink: false)
        } catch {
            throw FileSystemError("look at", folder, error)
        }
        guard stat.type == .directory, stat.userID.rawValue == account.userID,
            stat.permissions.isDisjoint(with: [.groupReadWriteExecute, .otherReadWriteExecute])
        else {
            throw ServerError.unsafeSocketFolder(folder)
        }
        // The lock beside a stale socket names a process id too, which another process may bear by now.
        for name in [socketName, socketName + ".lock"] { try Files.remove(folder.appending(name)) }
    }

    /// FNV-1a, 64 bits: short names only have to differ, and the module stays free of cryptography.
    static func hash(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 36)
    }
}
