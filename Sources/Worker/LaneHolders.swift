public import Outbox
import Postgres

/// Asks who holds lanes, over connections of its own that stay open until ``close()``.
public struct LaneHolders: Sendable {
    private let consumers: [any Consumer]
    private let connections: WorkerLinks

    public init(consumers: [any Consumer], databases: any WorkerDatabases) {
        self.consumers = consumers
        connections = WorkerLinks(databases)
    }

    /// - Returns: `nil` where nobody holds it any more, or the lane is of a consumer that this does not know.
    /// - Throws: what kept the consumer's database from being asked.
    public func holder(of lane: LaneReport) async throws -> LaneHolder? {
        guard let consumer = consumers.first(where: { $0.name == lane.consumer }) else { return nil }
        let store = CheckpointStore(consumer: lane.consumer, source: lane.source)
        return try await connections.link(to: consumer.service, for: .asking).session { try store.holder(in: $0) }
    }

    public func close() async {
        await connections.closeAll()
    }
}
