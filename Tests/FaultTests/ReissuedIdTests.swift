import FoundationEssentials
import Kernel
import Outbox
import Postgres
import PostgresServer
import TestSupport
import Testing

/// A crash takes transaction ids back that left nothing on disk, and the server hands them out again.
@Suite(.hangLimit) struct ReissuedIdTests {
    private func create(_ name: String, on server: OwnServer) async throws {
        let connection = try await server.databases["organization"].connect()
        try await LoadDeed.createOrganization(suffix: name).perform(on: connection)
        await connection.close()
    }

    /// All that is there beyond a checkpoint, in one window.
    private func read(_ cursor: inout WindowCursor, on server: OwnServer) async throws -> Int {
        let connection = try await server.databases["organization"].connect()
        let windows = WindowReader(source: "organization")
        let before = cursor
        let (after, count) = try await connection.session { session in
            var cursor = before
            var count = 0
            try windows.prepare(session)
            while case .open(let lo) = cursor.next(limit: 100), try cursor.opened(windows.open(after: lo, in: session)) {
                while case .read(let request) = cursor.next(limit: 100) {
                    let (events, reachedEnd) = try windows.read(request, in: session)
                    _ = cursor.received(events, reachedEnd: reachedEnd)
                    count += events.count
                }
            }
            return (cursor, count)
        }
        await connection.close()
        cursor = after
        return count
    }

    @Test(arguments: [false, true]) func `an event under such an id is read`(afterEmptyWindows: Bool) async throws {
        // Nothing but a commit writes to disk, and there is none after the last event.
        try await withOwnServer(["wal_writer_delay": "10s", "autovacuum": "off"]) { server in
            try await create("first", on: server)
            var cursor = WindowCursor(resuming: .start)
            if afterEmptyWindows { #expect(try await read(&cursor, on: server) > 0) }
            let organization = try await server.databases["organization"].connect()
            for _ in 0..<60 {
                try await organization.transaction(TransactionOptions(ending: .rollback)) {
                    _ = try $0.one(Query<Xid8>("select pg_current_xact_id()"))
                }
            }
            let snapshot: Snapshot = try await organization.fetchOne("select pg_current_snapshot()")
            #expect(try await read(&cursor, on: server) > 0 || afterEmptyWindows)
            let stored = cursor.checkpoint
            try await server.stop(.immediate)
            try await server.start()
            try await create("second", on: server)
            let superuser = try await server.databases["organization"].connect(as: .superuser)
            let newest: Xid8 = try await superuser.fetchOne("select txid from outbox order by position desc limit 1")
            try #require(newest < snapshot.xmax, "the crash took nothing back")
            // A lane whose connection was lost; what it had in memory only is from before the crash.
            var resumed = cursor
            resumed.forgetEmptyWindows()
            #expect(stored.position == resumed.checkpoint.position)
            #expect(try await read(&resumed, on: server) > 0)
        }
    }
}
