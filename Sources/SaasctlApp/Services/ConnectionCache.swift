import Configuration
import Kernel
import Postgres
import Synchronization

/// Connections that commands of one process share, so that a console or a script of many lines connects once per service.
final class ConnectionCache: Sendable {
    private let connections = Mutex<[ConnectionString: SharedConnection]>([:])

    /// Begins to connect, for somebody who will ask for the connection later. Returns at once; what goes wrong is told then.
    func prepare(_ database: ConnectionString, of service: String, profile: String) {
        _ = shared(database, of: service, profile: profile)
    }

    /// A connection whose schema is checked with its first statement. Two callers that ask at once get the same one. One that has died since
    /// its last use is replaced: nothing of this command has been sent on it yet.
    ///
    /// - Throws: `CancellationError` at once where the task is cancelled. When the last of those who wait has gone, connecting is given up.
    func connection(to database: ConnectionString, of service: String, profile: String) async throws -> Connection {
        while true {
            try Task.checkCancellation()
            let shared = shared(database, of: service, profile: profile)
            guard let place = shared.join() else {
                forget(shared, database)
                continue
            }
            do {
                let connection = try await shared.value(for: place)
                if await connection.isAlive() { return connection }
            } catch {
                forget(shared, database)
                throw error
            }
            forget(shared, database)
        }
    }

    private func shared(_ database: ConnectionString, of service: String, profile: String) -> SharedConnection {
        connections.withLock { connections in
            if let known = connections[database] { return known }
            // On the caller's thread: another one may get its turn late, and the server can start its session meanwhile.
            let dialled = ServiceConnection.dial(database, of: service)
            let shared = SharedConnection {
                try await ServiceConnection.open(database, service: service, profile: profile, dialled: dialled)
            }
            connections[database] = shared
            return shared
        }
    }

    /// Unless somebody has put another in its place meanwhile; one that others still wait for stays.
    private func forget(_ shared: SharedConnection, _ database: ConnectionString) {
        connections.withLock { connections in
            if connections[database] === shared, !shared.isAwaited { connections[database] = nil }
        }
    }
}
