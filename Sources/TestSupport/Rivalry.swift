public import Postgres

/// Lets two transactions meet: the second begins when the first has done its work, and the first ends when the second waits for it, or has
/// ended without waiting.
///
/// - Parameter ending: how the first one ends.
/// - Returns: what the first returned, and what became of the second.
/// - Throws: what the first throws.
public func rivalry<First: Sendable, Second: Sendable>(
    _ first: Connection, ending: TransactionOptions.Ending = .commit, _ firstBody: @escaping @Sendable (Session) throws -> First,
    against second: Connection, _ secondBody: @escaping @Sendable (Session) throws -> Second
) async throws -> (First, Result<Second, any Error>) {
    let (beginning, signal) = AsyncStream<Void>.makeStream()
    let isOver = Flag()
    async let late = { () async -> Result<Second, any Error> in
        for await _ in beginning {}
        defer { isOver.raise() }
        do { return .success(try await second.transaction { try secondBody($0) }) } catch { return .failure(error) }
    }()
    // The pause is the server's, so that the loop does not burn what the other needs.
    let isAwaited = Query<Bool>(
        """
        select exists (select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid)))
        from (select pg_sleep(0.002)) as pause
        """)
    let early = try await first.transaction(TransactionOptions(ending: ending)) { session in
        defer { signal.finish() }
        let value = try firstBody(session)
        signal.finish()
        while try !isOver.isRaised && !session.one(isAwaited) {}
        return value
    }
    return (early, await late)
}
