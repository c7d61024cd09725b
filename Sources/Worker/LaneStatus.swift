public import Kernel
import Outbox
import Postgres

/// Where a lane stands, as `worker status` shows it.
public struct LaneStatus: Sendable, Codable, Hashable {
    public enum State: String, Sendable, Codable {
        case level, behind, unavailable
    }

    public let consumer: String
    public let source: String
    public let state: State
    /// Committed events that are not applied yet; `nil` where a database could not be asked.
    public let behind: Int64?
    /// When the oldest of those happened.
    public let oldest: Timestamp?
    /// The last position applied.
    public let position: Int64?
    /// Events applied since the lane began.
    public let applied: Int64?
    /// Who holds the lane's lock: the server's name for the session.
    public let lockedBy: String?
    /// Why a database could not be asked.
    public let error: String?
}

extension WorkerRun {
    /// Asks both databases of every lane. Writes nothing. A database that is down makes its lanes `unavailable`, not the answer fail.
    public func status() async -> [LaneStatus] {
        let connections = WorkerConnections(databases)
        var statuses: [LaneStatus] = []
        for consumer in consumers {
            for source in consumer.sources {
                do {
                    statuses.append(try await status(of: consumer, reading: source, over: connections))
                } catch {
                    statuses.append(
                        LaneStatus(
                            consumer: consumer.name, source: source, state: .unavailable, behind: nil, oldest: nil, position: nil,
                            applied: nil, lockedBy: nil, error: LaneRunner.outcome(of: error).failure?.message))
                }
            }
        }
        await connections.closeAll()
        return statuses
    }

    private func status(
        of consumer: any Consumer, reading source: String, over connections: WorkerConnections
    ) async throws -> LaneStatus {
        let store = CheckpointStore(consumer: consumer.name, source: source)
        let target = try await connections.target(of: consumer)
        let (checkpoint, holder) = try await target.session { session in
            (try store.head(in: session)?.checkpoint ?? .start, try store.holder(in: session)?.description)
        }
        let reader = try await connections.reader(of: source)
        let backlog = try await reader.session { try WindowReader(source: source).backlog(beyond: checkpoint, in: $0) }
        return LaneStatus(
            consumer: consumer.name, source: source, state: backlog.events == 0 ? .level : .behind, behind: backlog.events,
            oldest: backlog.oldest, position: checkpoint.position, applied: checkpoint.events, lockedBy: holder, error: nil)
    }
}
