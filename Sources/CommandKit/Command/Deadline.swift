import Kernel

/// Gives an operation a limited time.
public enum Deadline {
    private enum Ending: Sendable {
        case operation(Result<Void, any Error>)
        case timeIsUp
        case alarmCancelled
    }

    /// Runs the operation and cancels it when its time is up. What it does about being cancelled is awaited; an operation that succeeds
    /// all the same (it had committed already) has succeeded.
    ///
    /// - Parameter limit: `nil` for no limit.
    /// - Throws: `Failure` with `TIMED_OUT` where the operation failed after its time was up, otherwise what the operation throws.
    public static func run(within limit: Duration?, _ operation: @escaping @Sendable () async throws -> Void) async throws {
        guard let limit else { return try await operation() }
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask {
                do {
                    return .operation(.success(try await operation()))
                } catch {
                    return .operation(.failure(error))
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                    return .timeIsUp
                } catch {
                    return .alarmCancelled
                }
            }
            var timeIsUp = false
            for try await ending in group {
                switch ending {
                case .timeIsUp:
                    timeIsUp = true
                    group.cancelAll()
                case .operation(.failure) where timeIsUp:
                    throw Failure(.timedOut, "gave up after \(limit)", hint: "allow more with --timeout")
                case .operation(let result):
                    group.cancelAll()
                    try result.get()
                case .alarmCancelled: break
                }
            }
        }
    }
}
