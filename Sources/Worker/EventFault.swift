import Kernel
import Outbox
import Postgres

/// Whose fault an error is: the event's, which is set aside then, or the infrastructure's, which passes and concerns the whole chunk.
enum EventFault {
    /// What the event did wrong; `nil` where it is not to blame.
    ///
    /// The event's are: data that the database refuses (SQLSTATE classes 22 and 23), exceptions that its functions raise (P0001), rules of the
    /// consumer, data that cannot be read, and a statement that ran out of time, if that happens to the event alone (``isTimeout(_:)``).
    /// Everything else (connection, resources, permissions, missing tables, locks, serialization) is not.
    static func failure(in error: any Error) -> Failure? {
        switch error {
        case let error as PostgresError: isEvents(error) ? error.failure : nil
        case is LaneStop, is ConsumerNotReady: nil
        case let error as any DomainError: error.failure
        default: nil
        }
    }

    /// Time was up for a statement, or somebody cancelled it. That blames a single event at most, and only where it happens to it again and
    /// again while others are applied. A wait for a lock ends earlier, with another error.
    static func isTimeout(_ error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState == .queryCanceled
    }

    private static func isEvents(_ error: PostgresError) -> Bool {
        guard error.kind == .server, let state = error.sqlState else { return error.kind == .encoding }
        return ["22", "23"].contains(state.class2) || state == .raisedException || state == .queryCanceled
    }
}
