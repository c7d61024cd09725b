package import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The account of the operating system under which a private server runs and which owns its files.
public struct ServerAccount: Sendable, Hashable {
    public let name: String
    public let userID: UInt32
    public let groupID: UInt32

    /// The caller's own account; for root, as whom PostgreSQL refuses to run, `postgres` or else `nobody`.
    ///
    /// - Throws: ``ServerError/noUnprivilegedAccount`` where root has neither.
    public static func suitable() throws(ServerError) -> ServerAccount {
        guard geteuid() == 0 else {
            return lookUp(userID: geteuid()) ?? ServerAccount(name: String(geteuid()), userID: geteuid(), groupID: getegid())
        }
        guard let account = lookUp(name: "postgres") ?? lookUp(name: "nobody") else { throw .noUnprivilegedAccount }
        return account
    }

    /// The account that owns a folder, so that data which exists keeps its owner when a better account appears later.
    ///
    /// - Returns: `nil` where there is no folder, or root owns it.
    static func owner(of folder: FilePath) throws(FileSystemError) -> ServerAccount? {
        guard let stat = try Files.stat(folder) else { return nil }
        let userID = stat.userID.rawValue
        guard userID != 0 else { return nil }
        return lookUp(userID: userID) ?? ServerAccount(name: String(userID), userID: userID, groupID: stat.groupID.rawValue)
    }

    /// Whether programs have to be started under another account than the caller's.
    package var isForeign: Bool { userID != geteuid() }

    /// The first folder on the way to `path` that this account may not enter, by mode bits; `nil` where it may enter them all.
    /// Folders that do not exist yet count as enterable.
    package func barrier(onTheWayTo path: FilePath) throws(FileSystemError) -> FilePath? {
        var folder = path
        var barrier: FilePath?
        while true {
            if let stat = try Files.stat(folder) {
                let permissions = stat.permissions
                let mayEnter =
                    stat.userID.rawValue == userID
                    ? permissions.contains(.ownerExecute)
                    : stat.groupID.rawValue == groupID ? permissions.contains(.groupExecute) : permissions.contains(.otherExecute)
                if !mayEnter { barrier = folder }
            }
            let parent = folder.removingLastComponent()
            if parent == folder || parent.isEmpty { return barrier }
            folder = parent
        }
    }

    private static func lookUp(name: String) -> ServerAccount? {
        read { entry, buffer, size, result in getpwnam_r(name, entry, buffer, size, result) }
    }

    private static func lookUp(userID: UInt32) -> ServerAccount? {
        read { entry, buffer, size, result in getpwuid_r(userID, entry, buffer, size, result) }
    }

    private typealias PasswordReader = (
        UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
    ) -> CInt

    private static func read(_ call: PasswordReader) -> ServerAccount? {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { buffer in
            guard let base = buffer.baseAddress, call(&entry, base, buffer.count, &result) == 0, result != nil else { return nil }
            return ServerAccount(name: String(cString: entry.pw_name), userID: entry.pw_uid, groupID: entry.pw_gid)
        }
    }
}
