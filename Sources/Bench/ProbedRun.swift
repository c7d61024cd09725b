public import Kernel
public import Outbox
public import Worker

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The worker at its work in a process of its own, which so has nothing else in its memory and on its account.
public struct ProbedRun: Sendable {
    let worker: WorkerRun
    let probe: Probe

    /// - Parameter consumers: under observation by `probe`.
    /// - Parameter settles: whether they do what they do beside and behind their lanes, too.
    public init(
        consumers: [any Consumer], settles: Bool, probe: Probe, databases: any WorkerDatabases, clock: any WallClock, stop: StopSignal
    ) {
        worker = WorkerRun(
            consumers: consumers.map { ProbedConsumer($0, probe: probe, settles: settles) }, databases: databases, clock: clock, stop: stop)
        self.probe = probe
    }

    /// Applies all that is there.
    ///
    /// - Throws: the `Failure` that kept a lane from it.
    public func drain() async throws -> ProbeResult {
        try await measured { await worker.untilLevel() }
    }

    /// Goes on until the stop is requested.
    ///
    /// - Parameter ready: called when every source has been looked at.
    public func follow(ready: @escaping @Sendable () throws -> Void) async throws -> ProbeResult {
        let pulse = FollowPulse()
        let watcher = Task {
            while !pulse.isReady { try await Task.sleep(for: .milliseconds(5)) }
            try ready()
        }
        defer { watcher.cancel() }
        return try await measured { await worker.untilStopped(pulse: pulse) }
    }

    private func measured(_ run: () async -> WorkerReport) async throws -> ProbeResult {
        let before = ProcessTime.now()
        let began = ContinuousClock.now
        let report = await run()
        let ended = ContinuousClock.now
        let after = ProcessTime.now()
        if let failure = report.failure { throw failure }
        let readings = probe.readings
        return ProbeResult(
            events: readings.events, positions: readings.positions, us: began.duration(to: ended).wholeMicroseconds,
            warmUs: readings.warm.map { began.duration(to: $0.at).wholeMicroseconds }, warmEvents: readings.warm?.events,
            userUs: (after.user - before.user).wholeMicroseconds,
            systemUs: (after.system - before.system).wholeMicroseconds, peakMemoryKib: after.peakMemoryKib,
            chunks: LatencySummary(readings.chunks))
    }
}

/// What a process that a benchmark has started tells of itself, on the last line of its standard output. The worker fills all of it; other
/// programs tell at least `events` and `us`, as JSON: `{"events":200000,"us":412345,"positions":20000100000}`.
public struct ProbeResult: Codable, Sendable, Hashable {
    /// Events applied.
    public var events: Int
    /// The sum of their positions; `nil` for a queue that knows none.
    public var positions: Int64?
    /// Microseconds until the events were applied.
    public var us: Int64
    /// Those of them until the second chunk was there, and how many events had been applied by then.
    public var warmUs: Int64?
    public var warmEvents: Int?
    public var userUs: Int64?
    public var systemUs: Int64?
    public var peakMemoryKib: Int?
    /// From chunk to chunk.
    public var chunks: LatencySummary?
}

private struct ProcessTime {
    let user: Duration
    let system: Duration
    let peakMemoryKib: Int

    static func now() -> ProcessTime {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        func duration(_ time: timeval) -> Duration { .seconds(time.tv_sec) + .microseconds(time.tv_usec) }
        return ProcessTime(user: duration(usage.ru_utime), system: duration(usage.ru_stime), peakMemoryKib: PeakMemory.kib())
    }
}

extension Duration {
    var wholeMicroseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
