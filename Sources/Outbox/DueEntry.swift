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
    private let fire: @Sendable ([FiredEntry], Session) throws -> [[PendingEvent]]

    /// One that does what is due entry by entry.
    ///
    /// - Parameter fire: does what is due, in the transaction that takes the entry out. Nothing takes an entry back, and after a failure a
    ///   later one may come first: it looks under the locks of its aggregate whether there is still something to do, and is content where there
    ///   is not. Gives back what the service has to tell of it; throws a `DomainError` for what is to be tried again.
    public init(_ kind: String, fire: @escaping @Sendable (DueEntry, Session, OperationContext) throws -> [PendingEvent]) {
        self.init(kind) { fired, session in try fired.map { try fire($0.entry, session, $0.context) } }
    }

    /// One that does what is due of many entries set by set.
    ///
    /// - Parameter fireAll: the same for all entries at one instant, of which several may have the same subject; gives back what there is to
    ///   tell of each. Where it throws a `DomainError`, it is called again with fewer of them.
    public init(_ kind: String, fireAll: @escaping @Sendable ([FiredEntry], Session) throws -> [[PendingEvent]]) {
        self.kind = kind
        fire = fireAll
    }

    /// Does what is due of claimed entries and takes them out, all or none, in the caller's transaction, and stores what there is to tell.
    ///
    /// - Throws: what doing it throws, `PostgresError`; the transaction is then to be rolled back to before.
    public func perform(_ entries: [DueEntry], of service: String, at now: Timestamp, in session: Session) throws {
        try session.run(DueQueries.remove(entries.map(\.id)))
        let fired = entries.map { entry in
            FiredEntry(
                entry: entry, context: OperationContext(now: now, actor: .service(service), correlationId: entry.correlationId))
        }
        try OutboxWriter(service: service).append(Array(zip(try fire(fired, session), fired.map(\.context))), in: session)
    }
}

/// An entry whose time has come, and as what it is done.
public struct FiredEntry: Sendable {
    public let entry: DueEntry
    public let context: OperationContext
}
