public import Postgres

/// Whether what a consumer has made of events may be made again from them.
public enum ReplayPolicy: Sendable {
    /// All that the consumer writes comes from events alone, so that reading them again gives equal rows.
    case readModel(ReadModel)
    /// What it does may not be done twice. The reason and the way on are shown to whoever asks for it.
    case refused(because: String, instead: String)
}

/// The tables that a consumer fills from events, in the public schema of its service's database.
public struct ReadModel: Sendable, Hashable {
    /// Tables that refer to others come behind those. Each has a primary key, and no other unique index whose values move between rows.
    /// Nothing in them depends on when an event was applied.
    public let tables: [String]
    /// What the consumer writes besides, and what says nothing about the model: neither compared nor replaced.
    public let besides: [String]

    public init(tables: [String], besides: [String] = []) {
        self.tables = tables
        self.besides = besides
    }
}

extension Consumer {
    public var replay: ReplayPolicy {
        .refused(because: "nothing is known of its tables", instead: "restore its database from a backup")
    }

    public func replayed(in session: Session, context: ConsumerContext) throws -> [PendingEvent] { [] }

    /// Its name, where it can be replayed.
    public var replayName: String? { readModel.map { _ in name } }

    /// The tables of a consumer that can be replayed.
    public var readModel: ReadModel? {
        if case .readModel(let model) = replay { model } else { nil }
    }
}
