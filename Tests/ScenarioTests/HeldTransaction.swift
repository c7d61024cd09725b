import Dispatch
import Postgres

private struct RolledBack: Error {}

/// Lends what a transaction holds that has run these statements and neither commits nor ends while the body runs; it is rolled back then.
func withHeldTransaction<Result>(
    on connection: Connection, _ statements: SQL..., body: () async throws -> Result
) async throws -> Result {
    let release = DispatchSemaphore(value: 0)
    let (isHeld, held) = AsyncThrowingStream.makeStream(of: Void.self)
    let holding: Task<Void, Never> = Task {
        do {
            // The connection's own thread waits, nobody else does.
            try await connection.transaction { session in
                for statement in statements { try session.run(Query(statement)) }
                held.yield()
                release.wait()
                throw RolledBack()
            }
        } catch is RolledBack {
            held.finish()
        } catch {
            held.finish(throwing: error)
        }
    }
    for try await _ in isHeld { break }
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    release.signal()
    await holding.value
    return try outcome.get()
}
