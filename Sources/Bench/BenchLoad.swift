import Postgres

/// Puts events into outboxes, as commands would have, but in sets.
struct BenchLoad: Sendable {
    let events: [LoadedEvent]
    /// Units that are in place already.
    private(set) var units = 0

    /// About what one transaction of a bulk command makes.
    private static let unitsAtOnce = 100
    /// Beyond which the partitions that are there might not suffice.
    private static let unitsBetweenExtensions = 100_000

    init(_ events: [LoadedEvent]) {
        self.events = events
    }

    var services: [String] { Set(events.map(\.service)).sorted() }

    /// Adds events until there are at least so many more.
    ///
    /// - Parameter connections: how many write side by side.
    /// - Returns: how many it were.
    mutating func add(_ wanted: Int, to server: BenchServer, connections: Int) async throws -> Int {
        let before = units
        func count(_ units: Int) -> Int { events.reduce(0) { $0 + $1.count(in: units) } }
        // The rare ones make it a little more than the whole units would.
        var after = before + max(1, wanted / events.count)
        while count(after) - count(before) < wanted { after += 1 }
        for first in stride(from: before + 1, through: after, by: Self.unitsBetweenExtensions) {
            let last = min(first + Self.unitsBetweenExtensions - 1, after)
            for service in services { try await add(first...last, of: service, to: server, connections: connections) }
        }
        units = after
        for service in services {
            try await server.connected(toService: service) { connection in
                try await connection.session { try $0.run(LoadQueries.vacuum()) }
            }
        }
        try await server.connected(to: "postgres") { connection in
            try await connection.session { try $0.run(LoadQueries.checkpoint()) }
        }
        return count(after) - count(before)
    }

    private func add(_ units: ClosedRange<Int>, of service: String, to server: BenchServer, connections: Int) async throws {
        let events = events.filter { $0.service == service }
        try await withThrowingTaskGroup { group in
            for nth in 0..<connections {
                group.addTask {
                    try await server.connected(toService: service) { connection in
                        try await connection.session { session in
                            try session.script(LoadQueries.functions)
                            if nth == 0 { _ = try session.one(LoadQueries.extend()) }
                        }
                        let starts = stride(
                            from: units.lowerBound + nth * Self.unitsAtOnce, through: units.upperBound, by: connections * Self.unitsAtOnce)
                        for first in starts {
                            let last = min(first + Self.unitsAtOnce - 1, units.upperBound)
                            try await connection.session { try $0.run(LoadQueries.insert(events, of: service, first: first, last: last)) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
