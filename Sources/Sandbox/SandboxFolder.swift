import Configuration
import PostgresServer
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where everything of a sandbox lies.
struct SandboxFolder: Sendable, Hashable {
    let path: FilePath

    /// The server's files; the rest belongs to whoever runs saasctl.
    var cluster: FilePath { path.appending("cluster") }
    var key: FilePath { path.appending("master.key") }
    var clock: FilePath { path.appending("clock") }
    var state: FilePath { path.appending("state") }
    var lock: FilePath { path.appending("lock") }

    /// `SAASCTL_SANDBOX_DIR`, or the state folder of the XDG base directory specification.
    ///
    /// Root's is `/var/lib/saasctl/sandbox`, unless `XDG_STATE_HOME` leads where the server's account can follow: root's home is closed to it.
    static func locate(environment: [String: String], isRoot: Bool = geteuid() == 0) throws -> SandboxFolder {
        if let named = environment["SAASCTL_SANDBOX_DIR"], !named.isEmpty {
            guard named.hasPrefix("/") else { throw SandboxError.relativeFolder(named) }
            return SandboxFolder(path: FilePath(named))
        }
        let below: FilePath = "saasctl/sandbox"
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            let folder = FilePath(state).pushing(below)
            if try !isRoot || ServerAccount.suitable().barrier(onTheWayTo: folder) == nil { return SandboxFolder(path: folder) }
        }
        if isRoot { return SandboxFolder(path: FilePath("/var/lib").pushing(below)) }
        guard let home = environment["HOME"], home.hasPrefix("/") else { throw SandboxError.noHome }
        return SandboxFolder(path: FilePath(home).appending(".local").appending("state").pushing(below))
    }

    /// Makes the folder: closed to others, except that root's server has to pass through it.
    func make() throws {
        try Files.makeFolder(
            path, mode: geteuid() == 0 ? [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute] : .ownerReadWriteExecute)
    }
}
