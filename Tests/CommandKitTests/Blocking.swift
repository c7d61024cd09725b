import Dispatch

/// Runs what blocks its thread outside the few threads that all tests share: enough of them waiting there would wait for each other.
func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
