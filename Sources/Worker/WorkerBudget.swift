public import Outbox

/// What the lanes of a run may take up together.
struct WorkerBudget: Sendable {
    /// Event data in memory, whatever the backlog: chunks that are being applied, that were read ahead, and that other lanes may share.
    static let bytes: Int64 = 64 << 20

    /// Connections that lanes hold while they apply; all others are shared.
    let places: Int
    /// Where a chunk is cut.
    let chunkBytes: Int64
    /// Whether a lane can stay its holder between two chunks without keeping others from theirs.
    let keepsLanes: Bool

    /// - Parameter lanes: how many there are.
    /// - Parameter sources: how many outboxes they read.
    /// - Parameter timed: how many services have timers, which take a lane's place while something is due.
    /// - Parameter places: `nil` for one per lane, and one per service with timers.
    init(lanes: Int, sources: Int, timed: Int = 0, places: Int? = nil) {
        let most = lanes + timed
        self.places = max(1, min(places ?? most, max(most, 1)))
        keepsLanes = self.places >= most
        // Each lane applies one chunk while it reads the next, and each reader keeps two for those that come to the same point.
        let chunks = Int64(max(1, 2 * lanes + 2 * sources))
        chunkBytes = min(4 << 20, max(256 << 10, Self.bytes / chunks))
    }
}

extension WorkerRun {
    /// The fewest connections with which a run gets on: those that its lanes share, and one for a lane to apply on.
    ///
    /// - Parameter following: one that goes on sleeps on the connections by which it reads, and asks over others.
    public static func leastConnections(of consumers: [any Consumer], following: Bool) -> Int {
        sharedConnections(of: consumers, following: following) + 1
    }

    static func sharedConnections(of consumers: [any Consumer], following: Bool) -> Int {
        let sources = Set(consumers.flatMap(\.sources))
        let services = Set(consumers.map(\.service))
        if following { return sources.count + services.count }
        return sources.union(services).count + Set(consumers.filter(\.settles).map(\.service)).count
    }

    func budget(following: Bool) -> WorkerBudget {
        WorkerBudget(
            lanes: consumers.reduce(0) { $0 + $1.sources.count }, sources: Set(consumers.flatMap(\.sources)).count,
            timed: timed.count,
            places: maxConnections.map { $0 - Self.sharedConnections(of: consumers, following: following) })
    }
}
