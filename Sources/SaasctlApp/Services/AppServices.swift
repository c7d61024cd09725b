import CommandKit
import Configuration
import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Sandbox
import Synchronization
import Worker

/// The databases of one profile, for the commands of this process.
final class AppServices: ServiceAccess {
    private let resolve: @Sendable () throws -> Profile
    private let resolved = Mutex<Profile?>(nil)
    private let cache: ConnectionCache

    /// - Parameter cache: shared by all commands of the process.
    init(cache: ConnectionCache, profile resolve: @escaping @Sendable () throws -> Profile) {
        self.cache = cache
        self.resolve = resolve
    }

    func profile() throws -> Profile {
        try resolved.withLock { resolved in
            let profile = try resolved ?? resolve()
            resolved = profile
            return profile
        }
    }

    var names: [String] { Registry.services }

    var operatorAccount: String { ProcessAccount.name }

    func connection(to service: String) async throws -> Connection {
        let profile = try profile()
        return try await cache.connection(to: try profile.database(of: service), of: service, profile: profile.name)
    }

    /// Begins to connect, without waiting. What goes wrong is told when a command asks for the connection.
    func prepareConnection(to service: String) {
        guard let profile = try? profile(), let database = try? profile.database(of: service) else { return }
        cache.prepare(database, of: service, profile: profile.name)
    }

    func masterKey() throws -> MasterKey {
        let profile = try profile()
        guard let key = MasterKey(try profile.readKey()) else {
            throw Failure(.configuration, "the key file of profile \"\(profile.name)\" does not hold 32 bytes")
        }
        return key
    }

    var directory: any Directory { AppDirectory(services: self) }
}

extension AppServices: WorkerDatabases {
    func open(_ service: String) async throws -> Connection {
        try await open(service, limits: nil)
    }

    func open(_ service: String, limits: WorkerLimits?) async throws -> Connection {
        let profile = try profile()
        return try await ServiceConnection.open(
            try profile.database(of: service), service: service, profile: profile.name, applicationName: "saasctl worker", limits: limits)
    }
}
