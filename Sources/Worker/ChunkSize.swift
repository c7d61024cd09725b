/// How many events the next chunk may have: large enough that the cost of a commit spreads, small enough that a chunk takes no longer than
/// ``target``.
public struct ChunkSize: Sendable, Equatable {
    /// Lower and upper bound; below the lower one only for events so large that few of them make a chunk.
    public static let bounds = 500...5_000
    /// How long reading and applying a chunk should take at most.
    public static let target = Duration.milliseconds(200)

    public private(set) var limit: Int

    public init(limit: Int = bounds.lowerBound) {
        self.limit = limit
    }

    /// Takes what the last chunk was like. Grows only while chunks come back full, so that a quiet lane stays cheap.
    ///
    /// - Parameter asked: the limit that it was read with: one that was read ahead knew an earlier one.
    /// - Parameter reachedEnd: there were no more. Otherwise a chunk with fewer events than asked for was cut by its bytes: the events are large. A
    ///   server that is stopped in the middle has sent more than was taken, and to stop it takes a connection.
    public mutating func observed(events: Int, asked: Int, took duration: Duration, reachedEnd: Bool) {
        if !reachedEnd, events < asked {
            limit = min(limit, max(1, events))
        } else if duration > Self.target {
            limit = min(limit, max(Self.bounds.lowerBound, limit / 2))
        } else if events >= limit && duration < Self.target / 2 {
            // As many as half the target has room for, so that a short backlog too is applied in few chunks.
            let fitting = Double(events) * (Self.target / 2 / max(duration, .microseconds(1)))
            limit = min(Self.bounds.upperBound, max(limit * 2, Int(min(fitting, Double(Self.bounds.upperBound)))))
        }
    }
}
