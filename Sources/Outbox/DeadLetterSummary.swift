import Cryptography
public import FoundationEssentials
public import Kernel

/// A dead letter in one line.
public struct DeadLetterSummary: Sendable, Hashable, Codable {
    public let consumer: String
    public let source: String
    /// The event's.
    public let id: UUID
    /// With its version.
    public let type: String
    /// The aggregate.
    public let subject: UUID
    public let sequence: Int64
    public var state: DeadLetter.State
    public var attempts: Int
    /// When it is tried next, while it is retrying.
    public var dueAt: Timestamp?
    /// How many events of its aggregate wait behind it.
    public let parkedBehind: Int64
    /// What the last attempt ended with; `nil` for one that was never tried.
    public let errorCode: String?
    /// Since when it is a letter.
    public let since: Timestamp
    /// Its place in the lane: rises in the order in which the lane met the events.
    public let turn: Int64
    public let organizationId: UUID?
    /// What it waits for, while it is parked; `nil` where that is gone, and the next run of the worker tries it.
    public let waitsFor: Head?

    /// The first letter of an aggregate.
    public struct Head: Sendable, Hashable, Codable {
        public let id: UUID
        public let type: String
        public let state: DeadLetter.State
        public let attempts: Int
        public let errorCode: String?
    }

    /// Where it stands among the letters of all consumers, oldest first.
    public var cursor: PageCursor {
        PageCursor(time: since, id: UUID(high: UInt64(bitPattern: turn), low: Self.laneNumber(consumer: consumer, source: source)))
    }

    /// The same as ``DeadLetterDeskQueries/place(_:)`` computes.
    private static func laneNumber(consumer: String, source: String) -> UInt64 {
        SHA256.hash(Array("\(consumer)<\(source)".utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// All that is known of a dead letter.
public struct DeadLetterDetail: Sendable, Hashable {
    public let letter: DeadLetter
    public let summary: DeadLetterSummary
    /// The first ones behind it, in order; ``DeadLetterSummary/parkedBehind`` counts them all.
    public let behind: [Waiting]

    /// An event that waits behind another one.
    public struct Waiting: Sendable, Hashable, Codable {
        public let id: UUID
        public let type: String
        public let sequence: Int64
        public let since: Timestamp
    }
}

/// Which letters are meant; all conditions must hold.
public struct DeadLetterFilter: Sendable, Hashable {
    public var consumer: String?
    public var source: String?
    public var ids: [UUID]?
    /// Any of these.
    public var states = Set(DeadLetter.State.allCases)
    /// With or without version: `saas.organization.created`.
    public var type: String?
    public var subject: UUID?
    /// Only events of this organization.
    public var organizationId: UUID?
    /// Met by the lane not later than this one.
    public var upToTurn: Int64?

    public init() {}

    /// The letters that hold others up: what is parked is left out.
    public static let heads: Set<DeadLetter.State> = [.retrying, .dead]
}
