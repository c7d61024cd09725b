/// Which incarnation of a source a checkpoint counts in. Positions and transaction ids mean nothing in another one.
public struct Epoch: Sendable, Hashable, CustomStringConvertible {
    /// Made by initdb; a dump restored into a fresh cluster has another one.
    public let systemIdentifier: String
    /// Rises with every promotion and point-in-time recovery.
    public let timeline: Int64
    /// Changes when a database is dropped and restored.
    public let database: Int64
    /// Changes when the table is dropped and restored.
    public let outbox: Int64

    public init(systemIdentifier: String, timeline: Int64, database: Int64, outbox: Int64) {
        self.systemIdentifier = systemIdentifier
        self.timeline = timeline
        self.database = database
        self.outbox = outbox
    }

    /// The form in which a checkpoint stores it: four numbers joined by slashes.
    public var description: String { "\(systemIdentifier)/\(timeline)/\(database)/\(outbox)" }

    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, let timeline = Int64(parts[1]), let database = Int64(parts[2]), let outbox = Int64(parts[3]) else {
            return nil
        }
        self.init(systemIdentifier: String(parts[0]), timeline: timeline, database: database, outbox: outbox)
    }

    /// What happened to a source that had the other epoch when it was last read; `nil` where nothing did.
    public func difference(from earlier: Epoch) -> String? {
        if systemIdentifier != earlier.systemIdentifier {
            return "the source is now in another cluster: restored from a dump, upgraded, or the connection string leads elsewhere"
        }
        if timeline != earlier.timeline { return "the source is on another timeline: a standby was promoted, or a backup restored" }
        if database != earlier.database { return "the source database was dropped and made anew" }
        if outbox != earlier.outbox { return "the source's outbox was dropped and made anew" }
        return nil
    }
}
