public import Kernel
public import Postgres

/// How the lanes of a source go on with what it is now.
public struct RebaseDecision: Sendable, Hashable {
    public enum Way: String, Sendable {
        /// The source hands out transaction ids as before: checkpoints are carried over.
        case goesOn = "goes_on"
        /// Its transaction ids have nothing to do with those of the rows: these are retired, and lanes begin behind them.
        case startsAnew = "starts_anew"
    }

    /// What the source is now.
    public let epoch: Epoch
    public let way: Way
    /// Rows beyond this position were written since.
    public let lastPosition: Int64
    /// Rows of this transaction and of later ones were written since; `nil` where the transaction ids tell by themselves.
    public let newTransaction: Xid8?

    public init(epoch: Epoch, way: Way, lastPosition: Int64, newTransaction: Xid8?) {
        self.epoch = epoch
        self.way = way
        self.lastPosition = lastPosition
        self.newTransaction = newTransaction
    }

    /// Writes the decision down in the source, where a rebase that is killed finds it again, in the caller's transaction.
    ///
    /// Where the source has lost events, its aggregates number the next ones as if they had not: consumers pass over an event whose number they
    /// have seen. How many an aggregate has lost is not known here, but none has had more than there were positions.
    ///
    /// - Parameter lost: the last position of which anybody knows that it was lost; `nil` where nothing was.
    /// - Returns: the number of the record.
    public func record(lost: Int64?, at now: Timestamp, in session: Session) throws -> Int64 {
        if let lost {
            for (table, columns) in try session.all(RebaseQueries.counters()) {
                try session.run(RebaseQueries.raise(columns, of: table, by: lost))
            }
        }
        return try session.one(RebaseQueries.record(self, raisedBy: lost ?? 0, at: now))
    }
}

/// A decision that was written down in the source.
public struct RebaseRecord: Sendable, Hashable {
    public let id: Int64
    public let decision: RebaseDecision
    /// All old rows are retired, so that every lane that counts in this epoch has gone over.
    public let isRetired: Bool

    public init(id: Int64, decision: RebaseDecision, isRetired: Bool) {
        self.id = id
        self.decision = decision
        self.isRetired = isRetired
    }
}
