public import Kernel
public import Outbox
public import Postgres

/// What the operator says about a source that was restored.
public struct RebaseTerms: Sendable {
    /// Which rows were written since. Only asked for where the rows cannot tell.
    public enum NewRows: Sendable, Hashable {
        case unsaid, nothing
        /// From this position on.
        case from(Int64)
    }

    public let newRows: NewRows
    /// Go on although the source has lost events that were applied.
    public let acceptsLoss: Bool

    public init(newRows: NewRows = .unsaid, acceptsLoss: Bool = false) {
        self.newRows = newRows
        self.acceptsLoss = acceptsLoss
    }
}

/// What a rebase is about to do, with all lanes of the source held.
public struct RebasePlan: Sendable {
    public let decision: RebaseDecision
    public let lanes: [LaneRebase]
    /// The number of the record where this was decided by a rebase that did not come to its end.
    public let continued: Int64?

    /// The last position that is known to have had an event which the source has lost; `nil` where it has lost none.
    public let lastLost: Int64?

    /// Writes the plan down in the source, in the caller's transaction, unless it continues one that was written down.
    ///
    /// - Returns: the number of the record.
    public func record(at now: Timestamp, in session: Session) throws -> Int64 {
        try continued ?? decision.record(lost: lastLost, at: now, in: session)
    }

    /// Of the last events that lanes had applied, how many are lost, where it is most.
    public var lost: Int { lanes.map(\.lost).max() ?? 0 }
}
