/// What a replay has found, and done about it.
public struct ReplayReport: Sendable, Codable, Hashable {
    public enum Outcome: String, Sendable, Codable {
        /// The tables are what the events make of them; nothing was changed.
        case equal
        /// They differ; it was only asked.
        case differs
        /// What differed was replaced, or a new consumer was given its first tables.
        case replaced
    }

    /// One table of the model.
    public struct Table: Sendable, Codable, Hashable {
        public let name: String
        /// Rows that no event accounts for.
        public let onlyLive: Int64
        /// Rows that were missing.
        public let onlyRebuilt: Int64
        /// Rows that are in both with other values.
        public let differing: Int64

        public init(name: String, onlyLive: Int64, onlyRebuilt: Int64, differing: Int64) {
            self.name = name
            self.onlyLive = onlyLive
            self.onlyRebuilt = onlyRebuilt
            self.differing = differing
        }

        public var isEqual: Bool { onlyLive + onlyRebuilt + differing == 0 }
    }

    public struct Lane: Sendable, Codable, Hashable {
        public let source: String
        /// Events of types that the consumer knows, from the archive.
        public let fromArchive: Int64
        /// Events of all types, from the outbox.
        public let fromOutbox: Int64
        /// The lane had no checkpoint that fits its source, and goes on from where the replay has come to.
        public let startsHere: Bool
        /// Events that the consumer cannot apply, with what waits behind them.
        public let setAside: Int64

        public init(source: String, fromArchive: Int64, fromOutbox: Int64, startsHere: Bool, setAside: Int64) {
            self.source = source
            self.fromArchive = fromArchive
            self.fromOutbox = fromOutbox
            self.startsHere = startsHere
            self.setAside = setAside
        }
    }

    public let consumer: String
    public let outcome: Outcome
    public let tables: [Table]
    /// Dead letters, the parked ones included, that only one side has, or has in another order.
    public let lettersOnlyLive: Int64
    public let lettersOnlyRebuilt: Int64
    public let lanes: [Lane]

    public init(
        consumer: String, outcome: Outcome, tables: [Table], lettersOnlyLive: Int64, lettersOnlyRebuilt: Int64, lanes: [Lane]
    ) {
        self.consumer = consumer
        self.outcome = outcome
        self.tables = tables
        self.lettersOnlyLive = lettersOnlyLive
        self.lettersOnlyRebuilt = lettersOnlyRebuilt
        self.lanes = lanes
    }

    public var events: Int64 { lanes.reduce(0) { $0 + $1.fromArchive + $1.fromOutbox } }
}
