import CLibPQ

/// What another session sent with NOTIFY.
public struct Notification: Sendable, Hashable {
    public let channel: String
    public let payload: String
    /// The server process of the session that sent it.
    public let senderPID: Int32
}

extension Session {
    /// Subscribes to a channel, from the end of the transaction on.
    public func listen(_ channel: String, file: StaticString = #fileID, line: UInt = #line) throws {
        try run(Query("listen \(identifier: channel)"), file: file, line: line)
    }

    /// Waits for notifications on the channels that were listened to. The server sends none inside a transaction, so this may only be
    /// called outside one.
    ///
    /// - Returns: all that have arrived, at least one; empty when the time passed without any.
    public func notifications(
        waitingUpTo limit: Duration, file: StaticString = #fileID, line: UInt = #line
    ) throws -> [Notification] {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        guard !inTransaction else {
            throw PostgresError(.misuse, "notifications do not arrive inside a transaction", database: link.database, location: location)
        }
        return try link.notifications(until: .now + limit, location)
    }
}

extension Link {
    func notifications(until end: ContinuousClock.Instant, _ location: CallSite) throws -> [Notification] {
        try checkReady(location)
        while let handle {
            guard PQconsumeInput(handle) == 1 else { break }
            var arrived: [Notification] = []
            while let notification = PQnotifies(handle) {
                arrived.append(
                    Notification(
                        channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra),
                        senderPID: notification.pointee.be_pid))
                PQfreemem(notification)
            }
            if !arrived.isEmpty { return arrived }
            guard try wait(for: Link.readable, until: end, isIdle: true, location: location) else { return [] }
        }
        throw sendError(statement: "", location: location)
    }
}
