import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// NIST SP 800-63B, section 5.2.2: the verifier limits attempts on one account.
@Suite(.databases("identity")) struct AttemptThrottleTests {
    private let key = [UInt8](repeating: 1, count: 32)
    private let start = OperationContext.ofTest().now

    private func throttle(_ account: String, from source: String = "192.0.2.1") -> AttemptThrottle {
        AttemptThrottle(account: account, source: source, key: key)
    }

    /// `nil` where the attempt is let through, otherwise how many seconds it has to wait.
    private func attempt(_ throttle: AttemptThrottle, on database: Connection, after seconds: Int64 = 0) async throws -> Int64? {
        let now = start.advanced(by: .seconds(seconds))
        do {
            _ = try await database.transaction { try throttle.admit(in: $0, at: now) }
            return nil
        } catch IdentityError.tooManyAttempts(let until) {
            return until.duration(since: now).components.seconds
        }
    }

    @Test func `five are free, then each costs twice the wait, to a quarter of an hour`() async throws {
        let database = try await connect()
        let ada = throttle("ada")
        for _ in 1...5 { #expect(try await attempt(ada, on: database) == nil) }
        #expect(try await attempt(ada, on: database) == 30)
        #expect(try await attempt(ada, on: database, after: 29) == 1, "an attempt that is refused does not count")
        var now: Int64 = 30
        for wait in [60, 120, 240, 480, 900, 900] as [Int64] {
            #expect(try await attempt(ada, on: database, after: now) == nil)
            #expect(try await attempt(ada, on: database, after: now) == wait)
            now += wait
        }
        #expect(try await attempt(ada, on: database, after: now + 86_400) == nil)
        #expect(try await attempt(ada, on: database, after: now + 86_400) == nil, "after a day all is forgotten")
    }

    @Test func `a success starts the account anew; the source keeps what it did to others`() async throws {
        let database = try await connect()
        for account in 1...19 { #expect(try await attempt(throttle("user\(account)"), on: database) == nil) }
        let ada = throttle("ada")
        try await succeed(ada, on: database)
        #expect(try await database.fetch("select failures::text from attempts where kind = 'source'", as: String.self) == ["19"])
        #expect(try await attempt(ada, on: database) == nil)
        #expect(try await attempt(ada, on: database) == 30, "twenty from one source")
        #expect(try await attempt(throttle("ada", from: "192.0.2.2"), on: database) == nil)
    }

    private func succeed(_ throttle: AttemptThrottle, on database: Connection, after seconds: Int64 = 0) async throws {
        let now = start.advanced(by: .seconds(seconds))
        let admission = try await database.transaction { try throttle.admit(in: $0, at: now) }
        try await database.transaction { try admission.clear(in: $0) }
    }

    @Test func `who has waited, and is right from then on, waits no more; a day later all is forgotten`() async throws {
        let database = try await connect()
        for account in 1...20 { #expect(try await attempt(throttle("user\(account)"), on: database) == nil) }
        #expect(try await attempt(throttle("ada"), on: database) == 30)
        for hour in 1...23 { try await succeed(throttle("ada"), on: database, after: Int64(hour) * 3_600) }
        #expect(try await attempt(throttle("eve"), on: database, after: 23 * 3_600) == nil)
        #expect(try await attempt(throttle("eve"), on: database, after: 23 * 3_600) == 60, "the twenty still count")
        try await succeed(throttle("ada"), on: database, after: 24 * 3_600)
        #expect(try await database.fetch("select failures from attempts where kind = 'source'", as: Int64.self) == [21])
        for account in 1...19 { #expect(try await attempt(throttle("more\(account)"), on: database, after: 48 * 3_600) == nil) }
    }

    @Test func `a source that was always right leaves nothing behind`() async throws {
        let database = try await connect()
        try await succeed(throttle("ada"), on: database)
        #expect(try await database.fetch("select count(*) from attempts", as: Int.self) == [0])
    }

    @Test func `a wait that others have earned meanwhile stays`() async throws {
        let database = try await connect()
        let (now, ada) = (start, throttle("ada"))
        let admission = try await database.transaction { try ada.admit(in: $0, at: now) }
        for account in 2...20 { #expect(try await attempt(throttle("user\(account)"), on: database) == nil) }
        try await database.transaction { try admission.clear(in: $0) }
        #expect(try await attempt(throttle("eve"), on: database) == 30)
    }

    @Test func `of sixteen at once five are let through`() async throws {
        let database = try await connect()
        let ada = throttle("ada")
        let waits = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for connection in try await connections(16) { group.addTask { try await attempt(ada, on: connection) } }
            return try await group.reduce(into: [Int64?]()) { $0.append($1) }
        }
        #expect(waits.count { $0 == nil } == 5 && waits.count { $0 == 30 } == 11)
        #expect(try await database.fetch("select failures::text from attempts order by kind", as: String.self) == ["5", "5"])
    }

    @Test func `what was typed is not kept`() async throws {
        let database = try await connect()
        _ = try await attempt(throttle("hunter2hunter2", from: "192.0.2.77"), on: database)
        let rows = try await database.fetch("select row_to_json(attempts)::text from attempts", as: String.self)
        #expect(rows.count == 2 && rows.allSatisfy { !$0.contains("hunter2") && !$0.contains("192.0.2.77") })
    }
}
