import Glibc
import Postgres
import Synchronization

/// A PostgreSQL server of this test run's own, in which every test has a database of its own.
final class ScratchCluster: Sendable {
    static let shared = ScratchCluster()

    private let folder: String
    private let serial = Atomic(0)

    private init() {
        var template = Array("/tmp/saasctl-mg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { fatalError("no temporary folder: errno \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let status = Self.shell(
            """
            if [ "$(id -u)" = 0 ]; then chown postgres '\(folder)'; fi
            cd '\(folder)'
            run "$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C -N > initdb.log
            run "$bin/pg_ctl" -D data -l server.log -w -t 60 start \
              -o "-c listen_addresses='' -c unix_socket_directories='\(folder)' -c fsync=off -c max_connections=100 -c max_prepared_transactions=10" > start.log
            "$bin/psql" -qX -h '\(folder)' -U postgres -c 'create role saasctl_app' \
              -c 'create role billing_app login in role saasctl_app' -c 'create role owner login'
            """)
        if status != 0 { fatalError("the scratch cluster failed with status \(status)") }
        atexit {
            let folder = ScratchCluster.shared.folder
            _ = ScratchCluster.shell("cd '\(folder)'; run \"$bin/pg_ctl\" -D data -m immediate stop > stop.log; cd /; rm -rf '\(folder)'")
        }
    }

    /// A new, empty database, whose owner has no rights beyond it.
    func database() async throws -> ScratchDatabase {
        let name = "test_\(serial.add(1, ordering: .relaxed).newValue)"
        let connection = try await Connection.open(ConnectionConfiguration("host=\(folder) dbname=postgres user=postgres"))
        try await connection.session { try $0.script("create database \(name) owner owner") }
        await connection.close()
        return ScratchDatabase(name: name, folder: folder)
    }

    /// - Returns: the exit status.
    static func shell(_ script: String) -> Int32 {
        let head = """
            set -e
            bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
            run() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi; }

            """
        var pid = pid_t()
        var arguments: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", head + script].map { (text: String) in strdup(text) } + [nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawn(&pid, "/bin/sh", nil, nil, &arguments, environ) == 0 else { fatalError("no shell: errno \(errno)") }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }
}

struct ScratchDatabase: Sendable {
    let name: String
    let folder: String

    func open(user: String = "owner", applicationName: String = "test") async throws -> Connection {
        try await Connection.open(ConnectionConfiguration("host=\(folder) dbname=\(name) user=\(user)", applicationName: applicationName))
    }

    /// Runs a script as an operator would.
    ///
    /// - Returns: psql's exit status.
    func psql(_ script: String) -> Int32 {
        let marker = "END_OF_SCRIPT_\(name)"
        return ScratchCluster.shell(
            "\"$bin/psql\" -qX -h '\(folder)' -U owner \(name) -o /dev/null -f - 2> '\(folder)/psql.log' <<'\(marker)'\n\(script)\n\(marker)"
        )
    }
}

extension Connection {
    /// The first column of a query's rows, as text.
    func texts(_ sql: SQL) async throws -> [String] {
        try await session { try $0.all(Query(sql) { try $0.get(0, as: String.self) }) }
    }

    func tables() async throws -> [String] {
        try await texts("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname")
    }
}
