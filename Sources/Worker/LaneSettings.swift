import Kernel
import Outbox

/// What all lanes of a run go by.
struct LaneSettings: Sendable {
    let clock: any WallClock
    let schedule: RetrySchedule
    /// How long one statement of a consumer may take; what takes longer fails, and is set aside if it is one event alone. `nil` leaves what
    /// the connection has.
    let statementTimeout: Duration?
    /// Set aside what fails, however much it is.
    let parksAll: Bool
    /// True when no further chunk is to be begun.
    let shouldStop: @Sendable () -> Bool
    /// Ends waiting.
    let stop: StopSignal
    /// Told the name of a lane whenever that has come further, or waits for its turn: it does not hang.
    var beat: @Sendable (String) -> Void = { _ in }
    /// Told how many events of which consumer a chunk has committed.
    var applied: @Sendable (Int, String) -> Void = { _, _ in }
}
