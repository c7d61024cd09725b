import CLibPQ
import Dispatch
import Synchronization

/// One `PQcancel` under way. It opens a connection of its own and blocks while it does, so it runs on a thread of its own.
final class CancelRequest: Sendable {
    private let isFinished = Atomic(false)

    /// - Parameter interrupt: woken when the request is through.
    init?(of connection: OpaquePointer, waking interrupt: Interrupt) {
        guard let handle = PQgetCancel(connection) else { return nil }
        let ticket = Ticket(handle: handle)
        DispatchQueue(label: "saasctl.postgres.cancel").async {
            ticket.send()
            self.isFinished.store(true, ordering: .releasing)
            interrupt.wake()
        }
    }

    /// From then on the server has signalled its process, so what is sent later is not hit.
    var isDone: Bool { isFinished.load(ordering: .acquiring) }

    /// Owns a `PGcancel`, which never changes and may be used from any thread (PostgreSQL manual, 34.7).
    private final class Ticket: @unchecked Sendable {
        // Unchecked: `PQcancel` is documented as thread-safe and the handle is freed by the last owner.
        private let handle: OpaquePointer

        init(handle: OpaquePointer) {
            self.handle = handle
        }

        deinit {
            PQfreeCancel(handle)
        }

        /// A request that fails needs no report: the query goes on, and the grace period ends it.
        func send() {
            var reason = [CChar](repeating: 0, count: 256)
            _ = PQcancel(handle, &reason, Int32(reason.count))
        }
    }
}
