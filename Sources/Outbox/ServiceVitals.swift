public import Kernel
public import Postgres

/// What a monitor asks of a service's database. Cheap: nothing in it takes longer where more is stored.
public struct ServiceVitals: Sendable, Hashable {
    /// The highest number of timers that is counted.
    public static let limit = 10_000

    /// As the server calls it: `15.4`.
    public let serverVersion: String
    /// As the server estimates it, from its statistics.
    public let outboxRows: Int64
    /// How many events there is room for in the partitions that are there; below zero, what has landed in the default partition.
    public let outboxRoom: Int64
    /// Entries of `due` whose time has come, those included that are put off after an attempt that failed.
    public let overdueTimers: Int64
    /// Entries that have failed at least ``DueStore/notableFailures`` times.
    public let failingTimers: Int64
    /// The time of the first of the overdue ones; `nil` where there is none.
    public let overdueSince: Timestamp?

    /// A statement that costs nothing but the way to the server and back.
    public static var roundTrip: Query<Void> { VitalsQueries.roundTrip }

    /// - Parameter now: the instant up to which something is due.
    public static func query(at now: Timestamp) -> Query<ServiceVitals> { VitalsQueries.vitals(at: now) }
}
