/// What took longer than a test would wait for it.
public struct DeadlinePassed: Error, CustomStringConvertible {
    public let what: String
    public let limit: Duration

    public var description: String { "\(what) took longer than \(limit)" }
}

/// An end for waits that nothing else would end.
public enum Deadline {
    /// Runs the body; cancels it and throws ``DeadlinePassed`` when it takes longer. The body has to heed that it is cancelled.
    public static func limiting<Result: Sendable>(
        _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw DeadlinePassed(what: what, limit: limit) }
            return result
        }
    }
}
