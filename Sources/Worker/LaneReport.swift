public import Kernel
public import Outbox
import Postgres

/// What a run did to one lane.
public struct LaneReport: Sendable {
    public enum Outcome: Sendable {
        /// Everything that was there is applied.
        case level
        /// Time was up, or the run was told to stop; the next run goes on.
        case interrupted
        /// Somebody else holds the lane.
        case locked
        /// The lane stands until somebody acts.
        case stopped(Failure)
        /// A database could not be reached, or gave up.
        case unavailable(Failure)
    }

    public let consumer: String
    public let source: String
    public var events: Int
    public var outcome: Outcome
    /// Events that the lane has set aside, by this run and before.
    public var deadLetters = DeadLetterCount()

    public init(consumer: String, source: String, events: Int = 0, outcome: Outcome) {
        self.consumer = consumer
        self.source = source
        self.events = events
        self.outcome = outcome
    }

    /// What a person calls the lane: `billing<organization`.
    public var name: String { "\(consumer)<\(source)" }
}

extension LaneReport.Outcome {
    /// What an error makes of a lane.
    ///
    /// - Parameter source: what the lane reads, so that the message can say it.
    init(_ error: any Error, reading source: String? = nil) {
        self =
            switch error {
            case is LaneTaken: .locked
            case let stop as LaneStop: .stopped(stop.failure(of: source))
            case let error as PostgresError where error.isInfrastructure: .unavailable(error.failure)
            case let error as PostgresError: .stopped(error.failure)
            case let error as any DomainError: .stopped(error.failure)
            case let failure as Failure where failure.code.exit == .unavailable: .unavailable(failure)
            case let failure as Failure: .stopped(failure)
            default: .stopped(Failure(.unexpected, String(describing: error)))
            }
    }

    /// For programs: `level`, `interrupted`, `locked`, `stopped`, `unavailable`.
    public var name: String {
        switch self {
        case .level: "level"
        case .interrupted: "interrupted"
        case .locked: "locked"
        case .stopped: "stopped"
        case .unavailable: "unavailable"
        }
    }

    /// Which database is away, or gave up; `nil` where none did.
    public var unavailability: Failure? {
        if case .unavailable(let failure) = self { failure } else { nil }
    }

    /// What stands in the way; `nil` where nothing does, or somebody else is at it.
    public var failure: Failure? {
        switch self {
        case .stopped(let failure), .unavailable(let failure): failure
        case .level, .interrupted, .locked: nil
        }
    }
}

/// What a whole run did.
public struct WorkerReport: Sendable {
    public var lanes: [LaneReport]
    /// Of the services that have some.
    public var timers: [TimerReport] = []
    /// Passes over all lanes; the last one applied nothing.
    public var passes: Int
    /// Outboxes that the run could not make room in; their lanes ran all the same.
    public var withoutRoom: [Failure] = []
    /// Why how it ended could not be recorded, where the lanes have not told the same.
    public var unrecorded: [Failure] = []

    public var events: Int { lanes.reduce(0) { $0 + $1.events } }

    private var dead: Failure? {
        let dead = lanes.reduce(0) { $0 + $1.deadLetters.dead }
        guard dead > 0 else { return nil }
        let text = dead == 1 ? "one event is dead" : "\(DeadLetterCount.text(dead)) events are dead"
        return Failure(ErrorCode("DEAD_LETTERS", .pending), text, hint: "saasctl dlq list")
    }

    /// The worst thing that happened: an unreachable database before a stopped lane before dead events before a timer that fails before an
    /// outbox without room before success.
    public var failure: Failure? {
        var stopped: Failure?
        for lane in lanes {
            switch lane.outcome {
            case .unavailable(let failure): return failure
            case .stopped(let failure): stopped = stopped ?? failure.standing
            case .level, .interrupted, .locked: continue
            }
        }
        for timer in timers {
            switch timer.outcome {
            case .unavailable(let failure): return failure
            case .stopped(let failure): stopped = stopped ?? failure.standing
            case .level, .interrupted, .locked: continue
            }
        }
        return stopped ?? dead ?? timers.lazy.compactMap(\.failure).first ?? withoutRoom.first
    }
}

extension Failure {
    /// The same for a whole run, which a lane keeps from success until somebody acts: whatever it has met, that is its exit status, or the one
    /// that says that configuration or schema are to be mended.
    fileprivate var standing: Failure {
        guard code.exit != .pending, code.exit != .configuration else { return self }
        return Failure(ErrorCode(code.name, .pending), message, hint: hint, details: details)
    }
}

extension PostgresError {
    /// Connection, resources, locks and the like, which pass; not something that an event's data brought about.
    fileprivate var isInfrastructure: Bool {
        [.unavailable, .tryAgain, .timedOut].contains(failure.code.exit)
    }
}
