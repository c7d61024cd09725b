import Postgres
import TestSupport
import Testing

@testable import Bench

@Suite(.databases("organization")) struct ServerTimeTests {
    @Test func `what a session uses counts, while it lives and after it`() async throws {
        let postmaster = try #require(try await TestCluster.shared.processID())
        let before = try #require(ServerTime.spent(byPostmaster: postmaster))
        let connection = try await TestDatabases.current["organization"].connect()
        // Other tests use the server too, so no more than a lower bound can be known.
        _ = try await connection.session {
            try $0.one(Query<Int64>("select count(*) from generate_series(1, 3000000) as n where n % 7 = 0") { try $0.get(0) })
        }
        let during = try #require(ServerTime.spent(byPostmaster: postmaster))
        #expect(during > before)
        await connection.close()
        #expect(ServerTime.spent(byPostmaster: 0) == nil)
    }
}
