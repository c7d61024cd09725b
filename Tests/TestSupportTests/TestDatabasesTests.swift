import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct TestDatabasesTests {
    @Test(.databases("billing", "identity")) func `a test gets migrated databases of its own, with production's roles`() async throws {
        let databases = TestDatabases.current
        #expect(databases.services == ["billing", "identity"])
        let connection = try await databases["billing"].connect()
        let answer = try await connection.session { session in
            try session.one(Query<String>("select current_user || ' ' || current_database() || ' ' || count(*) from schema_migrations"))
        }
        #expect(answer.hasPrefix("billing_app \(databases.prefix)billing "))
        #expect(!answer.hasSuffix(" 0"))
        await #expect(throws: PostgresError.self) { try await connection.session { try $0.script("create table t ()") } }
        let stranger = databases["identity"].configuration().connectionString.replacing("identity_app", with: "billing_app")
        await #expect(throws: PostgresError.self) { try await Connection.open(ConnectionConfiguration(stranger)) }
        let owner = try await databases["billing"].connect(as: .owner)
        try await owner.session { try $0.script("create table t ()") }
    }

    @Test func `what one test does, no other sees, and nothing is left of it`() async throws {
        let names = try await withDatabases("billing") { one in
            let connection = try await one["billing"].connect(as: .owner)
            try await connection.session { try $0.script("create table only_here ()") }
            return try await withDatabases("billing") { other in
                let connection = try await other["billing"].connect(as: .owner)
                let found = try await connection.session { try $0.one(Query<Bool>("select to_regclass('only_here') is not null")) }
                #expect(!found)
                #expect(TestDatabases.current.prefix == other.prefix)
                return [one["billing"].name, other["billing"].name]
            }
        }
        #expect(Set(names).count == 2)
        try await withEmptyDatabase { configuration in
            let connection = try await Connection.open(configuration)
            let left = try await connection.session { session in
                try session.one(Query<Int>("select count(*) from pg_database where datname = any (\(names))"))
            }
            #expect(left == 0)
        }
    }

    @Test func `many tests at once each get theirs`() async throws {
        let prefixes = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<30 {
                group.addTask {
                    try await withDatabases("audit") { databases in
                        let connection = try await databases["audit"].connect(as: .owner)
                        try await connection.session { try $0.script("create table t (n int); insert into t values (\(number))") }
                        let read = try await connection.session { try $0.all(Query<Int>("select n from t")) }
                        #expect(read == [number])
                        return databases.prefix
                    }
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(prefixes.count == 30)
    }

    @Test func `the databases go away although a test failed with its connections open`() async throws {
        struct Broken: Error {}
        let name = Mutex("")
        await #expect(throws: Broken.self) {
            try await withDatabases("billing") { databases in
                name.withLock { $0 = databases["billing"].name }
                _ = try await databases["billing"].connect()
                throw Broken()
            }
        }
        try await withEmptyDatabase { configuration in
            let connection = try await Connection.open(configuration)
            let gone = name.withLock { $0 }
            let left = try await connection.session { try $0.one(Query<Int>("select count(*) from pg_database where datname = \(gone)")) }
            #expect(left == 0)
        }
    }

    @Test func `the variables are patterns that lead to the databases`() async throws {
        try await withDatabases("billing") { databases in
            let text = try #require(databases.environment["SAASCTL_OWNER_DATABASE"]).replacing("{service}", with: "billing")
            let connection = try await Connection.open(ConnectionConfiguration(text))
            let user = try await connection.session { try $0.one(Query<String>("select current_user || '@' || current_database()")) }
            #expect(user == "billing_owner@\(databases["billing"].name)")
        }
    }
}
