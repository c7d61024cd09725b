public import FoundationEssentials
public import Kernel
public import Postgres

/// What a service's database has to do later.
public enum DueStore {
    /// Failures in a row after which an entry is told of.
    public static let notableFailures = 3

    /// Notes what is to be done at a time, in the transaction that makes it necessary.
    ///
    /// - Parameter subject: what it is about. The aggregate behind it is locked by the caller.
    public static func schedule(
        _ kind: String, _ subject: UUID, at due: Timestamp, in session: Session, correlation: UUID, id: UUID
    ) throws {
        try schedule(kind, [Appointment(id: id, subject: subject, due: due, correlation: correlation)], in: session)
    }

    /// What is to be done at a time, of several.
    public struct Appointment: Sendable {
        let id: UUID
        let subject: UUID
        let due: Timestamp
        let correlation: UUID

        /// - Parameter subject: what it is about. The aggregate behind it is locked by whoever notes it.
        public init(id: UUID, subject: UUID, due: Timestamp, correlation: UUID) {
            self.id = id
            self.subject = subject
            self.due = due
            self.correlation = correlation
        }
    }

    /// Notes the same of many, in one statement.
    public static func schedule(_ kind: String, _ appointments: [Appointment], in session: Session) throws {
        guard !appointments.isEmpty else { return }
        try session.run(DueQueries.insert(kind, appointments))
    }

    /// How a service's entries stand.
    public struct Outlook: Sendable {
        /// Something is to be done now.
        public let isDue: Bool
        /// Entries that have failed at least as often as was asked.
        public let failing: Int64
        /// The one of them that has been due for longest.
        public let first: Trouble?
    }

    /// An entry that fails again and again.
    public struct Trouble: Sendable {
        public let kind: String
        public let subject: UUID
        public let attempts: Int
        public let error: String
    }

    /// - Parameter kinds: what the program knows to do; other entries are left to one that does.
    public static func outlook(
        _ kinds: [String], at now: Timestamp, failingAfter attempts: Int, in session: Session
    ) throws -> Outlook {
        try session.one(DueQueries.outlook(kinds, at: now, failingAfter: attempts))
    }

    /// Locks what is due first, in the order of time.
    ///
    /// One worker at a time has them, until its transaction ends, so that they are done in order whoever does them.
    ///
    /// - Returns: `nil` where another worker is at it.
    public static func claim(_ kinds: [String], at now: Timestamp, limit: Int, in session: Session) throws -> [DueEntry]? {
        guard try session.one(DueQueries.tryLock()) else { return nil }
        return try session.all(DueQueries.claim(kinds, at: now, limit: limit))
    }

    /// Puts a claimed entry off.
    public static func putOff(
        _ entry: DueEntry, until next: Timestamp, because failure: Failure, at now: Timestamp, in session: Session
    ) throws {
        try session.run(DueQueries.putOff(entry.id, until: next, because: failure, at: now))
    }
}
