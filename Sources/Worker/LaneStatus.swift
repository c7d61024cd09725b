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
        let links = WorkerLinks(databases)
        var statuses: [LaneStatus] = []
        for consumer in consumers {
            for source in consumer.sources {
                do {
                    statuses.append(try await status(of: consumer, reading: source, over: links))
                } catch {
                    statuses.append(
                        LaneStatus(
                            consumer: consumer.name, source: source, state: .unavailable, behind: nil, oldest: nil, position: nil,
                            applied: nil, lockedBy: nil, error: LaneReport.Outcome(error).failure?.message))
                }
            }
        }
        await links.closeAll()
        return statuses
    }

    private func status(of consumer: any Consumer, reading source: String, over links: WorkerLinks) async throws -> LaneStatus {
        let store = CheckpointStore(consumer: consumer.name, source: source)
        let (checkpoint, holder) = try await links.link(to: consumer.service).session { session in
            (try store.head(in: session)?.checkpoint ?? .start, try store.holder(in: session))
        }
        let backlog = try await links.reader(of: source).backlog(beyond: checkpoint)
        return LaneStatus(
            consumer: consumer.name, source: source, state: backlog.events == 0 ? .level : .behind, behind: backlog.events,
            oldest: backlog.oldest, position: checkpoint.position, applied: checkpoint.events, lockedBy: holder, error: nil)
    }
}
