import Postgres
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension CommandLineFixture {
    /// Kills `worker rebase` where it waits for a table that the test has locked, and waits until its sessions have ended.
    func killRebase(
        _ arguments: [String], waitingFor table: String, in mode: String, of database: TestDatabase, among databases: TestDatabases,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let watcher = try await database.connect(as: .superuser)
        let lock = try await HeldTransaction(on: database.connect(as: .superuser))
        _ = try await lock.run { try $0.run(Query("lock table \(identifier: table) in \(unsafeRaw: mode) mode")) }
        let killed = try await run(["worker", "rebase", "--yes"] + arguments) { program in
            try await wait(
                on: watcher,
                until: """
                    exists (select from pg_locks where not granted and relation = \(table)::regclass
                        and database = (select oid from pg_database where datname = current_database()))
                    """)
            try program.send(signal: SIGKILL)
        }
        #expect(killed.status == 137, "\(killed)", sourceLocation: sourceLocation)
        try await lock.commit()
        await watcher.close()
        // Sessions of the dead end when they notice.
        for service in databases.services {
            let superuser = try await databases[service].connect(as: .superuser)
            try await wait(
                on: superuser,
                until: """
                    not exists (select from pg_stat_activity where application_name like 'saasctl%' and application_name <> 'saasctl tests'
                        and datname = current_database())
                    """)
            await superuser.close()
        }
    }
}
