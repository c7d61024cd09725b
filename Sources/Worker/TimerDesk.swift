import FoundationEssentials
public import Kernel
public import Outbox
import Postgres

/// The timers of one service, as a run is given them.
public struct TimedService: Sendable {
    /// Whose database has the entries.
    public let service: String
    public let timers: [ServiceTimer]

    public init(service: String, timers: [ServiceTimer]) {
        self.service = service
        self.timers = timers
    }
}

/// What a run did about the timers of one service.
public struct TimerReport: Sendable {
    public let service: String
    /// Entries that were done.
    public var done = 0
    public var outcome = LaneReport.Outcome.level
    /// Entries that fail again and again.
    public var failing: Int64 = 0
    /// What the first of them fails of.
    public var trouble: String?

    /// What a person calls them.
    public var name: String { "timers of \(service)" }

    /// What fails again and again, or what keeps the run from looking.
    public var failure: Failure? {
        if let failure = outcome.failure { return failure }
        guard failing > 0, let trouble else { return nil }
        let text = failing == 1 ? "one timer of \(service) fails" : "\(failing) timers of \(service) fail"
        return Failure(
            ErrorCode("TIMERS_FAILING", .pending), "\(text) again and again: \(trouble)",
            hint: "mend the cause; what is due is tried again by itself")
    }
}

/// Does what is due in one service's database.
struct TimerDesk: Sendable {
    /// Entries of one transaction.
    static let batch = 1_000

    let service: TimedService
    let links: WorkerLinks
    let settings: LaneSettings

    private var kinds: [String] { service.timers.map(\.kind) }

    /// Does all that is due now.
    ///
    /// - Returns: what was done and how it ended; errors are in the outcome.
    func run() async -> TimerReport {
        var report = TimerReport(service: service.service)
        do {
            if try await outlook(into: &report) {
                report.outcome = try await doWhatIsDue(counting: &report)
                _ = try await outlook(into: &report)
            }
        } catch {
            report.outcome = LaneReport.Outcome(error)
        }
        return report
    }

    /// - Returns: whether something is due.
    private func outlook(into report: inout TimerReport) async throws -> Bool {
        let link = try await links.link(to: service.service, for: .asking)
        let outlook = try await link.session { [kinds, now = settings.clock.now()] in
            try DueStore.outlook(kinds, at: now, failingAfter: DueStore.notableFailures, in: $0)
        }
        report.failing = outlook.failing
        report.trouble = outlook.first.map { "\($0.kind) of \"\($0.subject.text)\" (\($0.attempts) attempts): \($0.error)" }
        return outlook.isDue
    }

    private func doWhatIsDue(counting report: inout TimerReport) async throws -> LaneReport.Outcome {
        guard await links.places.wait(settings) else { return .interrupted }
        defer { links.places.giveBack() }
        let connection = try await links.open(service.service)
        do {
            if let timeout = settings.statementTimeout {
                try await connection.session { _ = try $0.run(LaneQueries.limitStatements(to: timeout)) }
            }
            let outcome = try await batches(on: connection, counting: &report)
            await connection.close()
            return outcome
        } catch {
            await connection.close()
            throw error
        }
    }

    private func batches(on connection: Connection, counting report: inout TimerReport) async throws -> LaneReport.Outcome {
        while !settings.shouldStop() {
            // An entry that fails is due later than this instant, so that the last batch comes.
            let now = settings.clock.now()
            let batch = try await connection.transaction(TransactionOptions(retry: .standard)) { try fire(at: now, in: $0) }
            guard let batch else { return .level }
            report.done += batch.done
            guard batch.claimed == Self.batch else { return .level }
        }
        return .interrupted
    }

    /// - Returns: `nil` where another worker is at it.
    private func fire(at now: Timestamp, in session: Session) throws -> (claimed: Int, done: Int)? {
        guard let entries = try DueStore.claim(kinds, at: now, limit: Self.batch, in: session) else { return nil }
        var done = 0
        var rest = entries[...]
        while let first = rest.first {
            let alike = rest.prefix { $0.kind == first.kind }
            rest = rest.dropFirst(alike.count)
            guard let timer = service.timers.first(where: { $0.kind == first.kind }) else { continue }
            done += try fire(alike, by: timer, at: now, in: session)
        }
        return (entries.count, done)
    }

    /// All at once or, where one of them fails, by halves until it is found.
    ///
    /// - Returns: how many were done; the others are put off.
    private func fire(_ entries: ArraySlice<DueEntry>, by timer: ServiceTimer, at now: Timestamp, in session: Session) throws -> Int {
        do {
            try session.savepoint { try timer.perform(Array(entries), of: service.service, at: now, in: session) }
            return entries.count
        } catch {
            guard let failure = EventFault.failure(in: error) else { throw error }
            if entries.count > 1 {
                let half = entries.count / 2
                return try fire(entries.prefix(half), by: timer, at: now, in: session)
                    + fire(entries.dropFirst(half), by: timer, at: now, in: session)
            }
            for entry in entries {
                try DueStore.putOff(
                    entry, until: now.advanced(by: pause(after: entry.attempts + 1)), because: failure, at: now, in: session)
            }
            return 0
        }
    }

    /// It is never given up: what was promised for a time is done late rather than never.
    private func pause(after attempt: Int) -> Duration {
        max(.milliseconds(1), settings.schedule.bound(afterAttempt: attempt) * Double.random(in: 0...1))
    }
}
