import FoundationEssentials
import Kernel
import Postgres
import Testing

struct SmokeTests {
    @Test func roundTrip() async throws {
        let c = try await ScratchCluster.shared.open()
        let id = UUID()
        let row = try await c.session { s in
            try s.one(
                Query("select \(id)::uuid as id, \(5)::int as n, \("hé")::text as t, \([1, nil, 3]) as a, now() as at, 12.50::numeric") {
                    (
                        try $0.get("id", as: UUID.self), try $0.get(1, as: Int.self), try $0.get(2, as: String.self),
                        try $0.get(3, as: [Int?].self),
                        try $0.get(4, as: Timestamp.self), try $0.get(5, as: Numeric.self)
                    )
                })
        }
        #expect(row.0 == id)
        #expect(row.1 == 5)
        #expect(row.2 == "hé")
        #expect(row.3 == [1, nil, 3])
        #expect(row.5.text == "12.50")
        try await c.session { s in
            try s.script("create table smoke(id int primary key, v text); insert into smoke values (1, 'a')")
        }
        let (a, b) = try await c.transaction { s in
            try s.pipeline(Query<Int>("select id from smoke"), Query<Void>("insert into smoke values (\(2), \("b"))"))
        }
        #expect(a.rows == [1])
        #expect(b.affected == 1)
        await #expect(throws: PostgresError.self) {
            try await c.transaction { s in
                try s.run(Query("insert into smoke values (3)"))
                try s.savepoint { try s.run(Query("insert into smoke values (4)")) }
                do { try s.savepoint { try s.run(Query("insert into smoke values (4)")) } } catch {}
                #expect(try s.one(Query<Int>("select count(*) from smoke")) == 4)
                try s.run(Query("insert into smoke values (2)"))
            }
        }
        for _ in 0..<4 { #expect(try await c.session { try $0.one(Query<Int>("select count(*) from smoke where id > \(0)::int")) } == 2) }
        let n = try await c.transaction(.init(ending: .rollback)) { try $0.run(Query("delete from smoke")) }
        #expect(n == 2)
        let task = Task { try await c.session { try $0.run(Query("select pg_sleep(60)")) } }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        let error = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(try await c.session { try $0.one(Query<Int>("select count(*) from smoke")) } == 2)
        await c.close()
        do { try await c.session { _ = try $0.first(Query<Int>("select 1")) }; Issue.record("open") } catch let e as PostgresError {
            #expect(e.kind == .closed)
        }
        do { _ = try await ScratchCluster.shared.open(database: "nope"); Issue.record("open") } catch let e as PostgresError {
            print(e.debugDescription, e.failure); #expect(e.sqlState == .undefinedDatabase)
        }
    }
}
