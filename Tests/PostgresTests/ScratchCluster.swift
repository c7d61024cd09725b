import Glibc
import Postgres
import Synchronization

/// A PostgreSQL server of this test run's own: started by the first test that asks, stopped when the process exits.
final class ScratchCluster: Sendable {
    static let shared = ScratchCluster()

    /// Short, because the socket's path must fit into 107 bytes.
    private let folder: String
    private let serial = Atomic(0)

    private init() {
        var template = Array("/tmp/saasctl-pg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder: errno \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Self.shell(
            """
            set -e
            bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
            run() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
            if [ "$(id -u)" = 0 ]; then chown postgres '\(folder)'; fi
            cd '\(folder)'
            run "$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C -N > initdb.log
            run "$bin/pg_ctl" -D data -l server.log -w -t 60 start \
              -o "-c listen_addresses='' -c unix_socket_directories='\(folder)' -c fsync=off -c max_connections=500" > start.log
            """)
        atexit { ScratchCluster.shared.stop() }
    }

    private func stop() {
        Self.shell(
            """
            bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
            run() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }
            cd '\(folder)' && run "$bin/pg_ctl" -D data -m immediate stop > stop.log
            cd / && rm -rf '\(folder)'
            """)
    }

    /// What leads to a database of the cluster as its superuser.
    func connectionString(database: String = "postgres") -> String {
        "host=\(folder) dbname=\(database) user=postgres"
    }

    var socketFolder: String { folder }

    func open(
        database: String = "postgres", _ adjust: (inout ConnectionConfiguration) -> Void = { _ in }
    ) async throws -> Connection {
        var configuration = ConnectionConfiguration(connectionString(database: database))
        adjust(&configuration)
        return try await Connection.open(configuration)
    }

    /// A table name that no other test has.
    func uniqueName(_ prefix: String = "t") -> String {
        "\(prefix)_\(serial.add(1, ordering: .relaxed).newValue)"
    }

    private static func shell(_ script: String) {
        var pid = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", script].map { (text: String) in strdup(text) } + [nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ) == 0 else { fatalError("no shell: errno \(errno)") }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        if status != 0 { fatalError("the scratch cluster failed with status \(status)") }
    }
}
