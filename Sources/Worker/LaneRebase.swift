/// What a rebase does to one lane.
public struct LaneRebase: Sendable, Codable, Hashable {
    public enum Way: String, Sendable, Codable {
        /// It counts in what the source is now.
        case stays
        /// It goes on where it stood.
        case goesOn = "goes_on"
        /// It applies what is left of the old rows, and begins anew behind them.
        case startsAnew = "starts_anew"
        /// It is left as it is: its consumer's database is older than what the source has dropped, so that only a replay fills the gap.
        case needsReplay = "needs_replay"
    }

    public let consumer: String
    public let source: String
    public let way: Way
    /// Events of the old rows that had not been applied, and are before the lane begins anew.
    public let applied: Int
    /// Of the last events that the lane had applied, how many the source has lost.
    public let lost: Int

    public init(consumer: String, source: String, way: Way, applied: Int, lost: Int) {
        self.consumer = consumer
        self.source = source
        self.way = way
        self.applied = applied
        self.lost = lost
    }
}
