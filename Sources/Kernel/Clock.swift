#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where rules get the time from. Nothing but a clock asks the system what time it is.
public protocol WallClock: Sendable {
    func now() -> Timestamp
}

/// The machine's clock.
public struct SystemClock: WallClock {
    public init() {}

    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}

/// Another clock, shifted: how the sandbox lives through trials and periods.
public struct ShiftedClock: WallClock {
    private let base: any WallClock
    private let shift: Duration

    /// - Parameter shift: added to what `base` says; negative goes back.
    public init(_ base: any WallClock = SystemClock(), by shift: Duration) {
        self.base = base
        self.shift = shift
    }

    public func now() -> Timestamp {
        base.now().advanced(by: shift)
    }
}

/// A clock that stands still, for tests and for one operation that must see one instant.
public struct FixedClock: WallClock {
    private let instant: Timestamp

    public init(_ instant: Timestamp) {
        self.instant = instant
    }

    public func now() -> Timestamp { instant }
}
