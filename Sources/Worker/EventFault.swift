import Kernel
import Outbox
import Postgres

/// Whose fault an error is: the event's, which is set aside then, or the infrastructure's, which passes and concerns the whole chunk.
enum EventFault {
    /// What the event did wrong; `nil` where it is not to blame.
    ///
    /// The event's are: data that the database refuses (SQLSTATE classes 22 and 23), exceptions that its functions raise (P0001), rules of the
    /// consumer, data that cannot be read, and a statement that ran out of time, which is tried again by itself. Everything else (connection,
    /// resources, permissions, missing tables, locks, serialization) is not.
    static func failure(in error: any Error) -> Failure? {
        switch error {
        case let error as PostgresError: isEvents(error) ? error.failure : nil
        case is LaneStop, is ConsumerNotReady: nil
        case let error as any DomainError: error.failure
        default: nil
        }
    }

    private static func isEvents(_ error: PostgresError) -> Bool {
        guard error.kind == .server, let state = error.sqlState else { return error.kind == .encoding }
        return ["22", "23"].contains(state.class2) || state == .raisedException || state == .queryCanceled
    }
}
