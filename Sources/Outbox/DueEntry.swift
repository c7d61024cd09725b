public import FoundationEssentials
public import Kernel
public import Postgres

/// Something that a service does when its time has come: once, in the transaction that takes it out of the table `due`.
public struct DueEntry: Sendable, Hashable {
    public let id: UUID
    /// Which of the service's ``ServiceTimer``s does it.
    public let kind: String
    /// What it is about.
    public let subject: UUID
    /// The first instant at which it is to be done.
    public let dueAt: Timestamp
    /// Of the command or event with which it began; what it tells belongs to the same story.
    public let correlationId: UUID
    /// Attempts that have failed.
    public let attempts: Int
}

/// What a service does about entries of one kind.
public struct ServiceTimer: Sendable {
    /// Lower-case words joined by underscores; never renamed once released.
    public let kind: String
    /// Does what is due, in the transaction that takes the entry out.
    ///
    /// Nothing takes an entry back, and after a failure a later one may come first: it looks under the locks of its aggregate whether there is
    /// still something to do, and is content where there is not.
    ///
    /// - Returns: what the service has to tell of it; stored in the same transaction.
    /// - Throws: a `DomainError` for what is to be tried again, `PostgresError`.
    public let fire: @Sendable (DueEntry, Session, OperationContext) throws -> [PendingEvent]

    public init(_ kind: String, fire: @escaping @Sendable (DueEntry, Session, OperationContext) throws -> [PendingEvent]) {
        self.kind = kind
        self.fire = fire
    }
}
