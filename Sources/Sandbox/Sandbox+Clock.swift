import Configuration
public import Kernel
import PostgresServer
import SystemPackage

/// The sandbox's clock, by which its commands and its worker go. It always runs; only its shift can be set.
extension Sandbox {
    /// The machine's clock, shifted.
    public func clock(base: any WallClock = SystemClock()) throws -> ShiftedClock {
        ShiftedClock(base, by: try clockShift())
    }

    /// Sets the clock, forwards or back, to run on from there.
    ///
    /// - Returns: the clock's time.
    /// - Throws: `ConfigurationError.sandboxNotStarted`; ``SandboxError/clockOutOfRange``.
    @discardableResult
    public func setClock(to instant: Timestamp, base: any WallClock = SystemClock()) async throws -> Timestamp {
        try await changeClock(base: base) { _, now in instant.duration(since: now) }
    }

    /// Puts the clock forward, or back by a negative duration.
    ///
    /// - Returns: the clock's time.
    /// - Throws: as ``setClock(to:base:)``.
    @discardableResult
    public func advanceClock(by duration: Duration, base: any WallClock = SystemClock()) async throws -> Timestamp {
        try await changeClock(base: base) { shift, _ in shift + duration }
    }

    /// Lets the clock agree with the machine's again.
    ///
    /// - Returns: the clock's time.
    /// - Throws: `ConfigurationError.sandboxNotStarted`.
    @discardableResult
    public func resetClock(base: any WallClock = SystemClock()) async throws -> Timestamp {
        guard try profile() != nil else { throw ConfigurationError.sandboxNotStarted }
        try await SandboxLock.holding(folder) { try Files.remove(folder.clock) }
        return base.now()
    }

    func clockShift() throws -> Duration {
        try ClockShift.read(folder.clock.string)?.duration ?? .zero
    }

    private func changeClock(base: any WallClock, _ change: (_ shift: Duration, _ now: Timestamp) -> Duration) async throws -> Timestamp {
        guard try profile() != nil else { throw ConfigurationError.sandboxNotStarted }
        return try await SandboxLock.holding(folder) {
            let now = base.now()
            let shift = change(try clockShift(), now)
            // Beyond these years RFC 3339 ends, and version 7 ids begin. Seconds first: microseconds could overflow.
            let seconds = Double(now.microseconds) / 1e6 + shift / .seconds(1)
            guard seconds >= 0, seconds < Double(Timestamp(year: 9_999, month: 12, day: 31).microseconds) / 1e6 else {
                throw SandboxError.clockOutOfRange
            }
            try Files.replace(folder.clock, with: Array(ClockShift(shift).text.utf8), mode: [.ownerReadWrite, .groupRead, .otherRead])
            return now.advanced(by: shift)
        }
    }
}
