public import Kernel

/// An event that a consumer could not apply, or that waits behind one.
public struct DeadLetter: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        /// Failed, and tried again when it is due.
        case retrying
        /// Failed too often; waits for an operator.
        case dead
        /// Waits, in order, for an earlier event of its aggregate.
        case parked
    }

    /// Rises in the order in which the lane met the events.
    public let turn: Int64
    public let consumer: String
    public let event: StoredEvent
    public let state: State
    /// How often it was tried.
    public let attempts: Int
    /// When it is tried next, while it is retrying.
    public let dueAt: Timestamp?
    public let attemptedAt: Timestamp?
    public let parkedAt: Timestamp
    /// What the last attempt ended with; `nil` for one that was never tried.
    public let error: Fault?

    /// Why an event could not be applied, as it is kept.
    public struct Fault: Sendable, Hashable {
        public let code: String
        public let message: String
        /// More about it, in lines; `nil` where there is no more.
        public let detail: String?

        /// An error may quote what an event says, and PostgreSQL's text has no NUL.
        public init(code: String, message: String, detail: String? = nil) {
            self.code = code
            self.message = message.replacing("\0", with: "\u{FFFD}")
            self.detail = detail?.replacing("\0", with: "\u{FFFD}")
        }

        var lines: [String] { detail.map { $0.split(separator: "\n").map(String.init) } ?? [] }

        public init(_ failure: Failure) {
            self.init(
                code: failure.code.name, message: failure.message,
                detail: failure.details.isEmpty ? nil : failure.details.joined(separator: "\n"))
        }
    }
}

/// How many letters of a lane are in which state. Beyond ``limit`` of a state they are not counted: then its number is the limit.
public struct DeadLetterCount: Sendable, Hashable, Codable {
    /// The highest number of a state.
    public static let limit: Int64 = 10_000

    public var retrying: Int64
    public var dead: Int64
    public var parked: Int64
    /// Whether there may be more of a state than its number says.
    public let hasMore: Bool

    public init(retrying: Int64 = 0, dead: Int64 = 0, parked: Int64 = 0) {
        self.retrying = min(retrying, Self.limit)
        self.dead = min(dead, Self.limit)
        self.parked = min(parked, Self.limit)
        hasMore = max(retrying, dead, parked) > Self.limit
    }

    public var total: Int64 { retrying + dead + parked }

    /// `3`, or `10000+` where there may be more.
    public static func text(_ number: Int64) -> String {
        number < limit ? String(number) : "\(limit)+"
    }

    /// `1 dead event`, or `3 dead events`.
    public static func deadEvents(_ number: Int64) -> String {
        number == 1 ? "1 dead event" : "\(text(number)) dead events"
    }
}
