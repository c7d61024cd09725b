import ArgumentParser
import CommandKit
import Kernel
import Outbox
import Worker

struct WorkerLastRunCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "lastrun", abstract: "Tell when the worker last ran to its end, and how.",
        discussion: """
            Each consumer's database keeps when a run last ended that had all lanes of the consumer, and how. A run that found lanes held by \
            another leaves the record to that one, unless something went wrong. A run that ended because its time was up has ended well; \
            whether it keeps up is what worker status --check tells.

            Exits 8 where the last run of a consumer ended badly, is older than --max-age, or where there was none yet; 69 where a database \
            cannot be asked. Timers and sagas that fail are named on standard error.

            Example, for a monitor that watches a cron job:

              saasctl worker lastrun --max-age 10m -o json
            """)

    @Option(
        help: ArgumentHelp("Exit 8 where a consumer's last run ended longer ago: 10m, 2h.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var maxAge: Duration?

    @Option(help: ArgumentHelp("Look at these consumers only.", valueName: "consumer,…"))
    var only: ConsumerNames?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        guard let databases = context.services as? any WorkerDatabases else { return }
        let consumers = only?.consumers ?? Registry.consumers
        let answers = await RunLog(consumers: consumers, databases: databases).last()
        let now = context.clock.now()
        let runs = answers.map { LastRun(consumer: $0.consumer, $0.run, now: now) }
        try context.renderer.list(Page(all: runs))
        await context.tellFailingWork(of: consumers)
        let failures = answers.compactMap { answer -> Failure? in
            if case .failure(let failure) = answer.run { failure } else { nil }
        }
        if let failure = failures.first(where: { $0.code.exit == .unavailable }) ?? failures.first { throw failure }
        let complaints = runs.compactMap { $0.complaint(maxAge: maxAge) }
        guard let first = complaints.first else { return }
        throw Failure(first.code, first.text, hint: "saasctl worker status", details: complaints.dropFirst().map(\.text))
    }
}

/// The last run of one consumer, as `worker lastrun` shows it.
struct LastRun: Listable, Hashable {
    let consumer: String
    /// False where there was none yet, or it cannot be asked for.
    let ran: Bool
    let endedWell: Bool?
    let ageMs: Int64?
    let run: RunRecord?
    /// Why it cannot be asked for.
    let error: String?

    init(consumer: String, _ answer: Result<RunRecord?, Failure>, now: Timestamp) {
        self.consumer = consumer
        switch answer {
        case .success(let record):
            (run, error) = (record, nil)
        case .failure(let failure):
            (run, error) = (nil, failure.message)
        }
        ran = run != nil
        endedWell = run?.endedWell
        ageMs = run.map { Int64(now.duration(since: $0.endedAt) / .milliseconds(1)) }
    }

    static let resourceKind = "LastRun"

    static let columns: [Column<LastRun>] = [
        Column("consumer", mayShrink: false) { $0.consumer }, Column("ended at") { $0.run?.endedAt },
        Column("age", alignment: .trailing, mayShrink: false) { last in last.ageMs.map { DurationText.text(.milliseconds($0)) } },
        Column("outcome", mayShrink: false) { last in last.run?.outcome ?? (last.error == nil ? "never ran" : "unknown") },
        Column("events", alignment: .trailing) { $0.run?.events }, Column("host") { $0.run?.host },
        Column("error") { $0.run?.error ?? $0.error },
    ]

    var identifier: String { consumer }

    /// What is wrong with it; `nil` where nothing is.
    func complaint(maxAge: Duration?) -> (code: ErrorCode, text: String)? {
        func complaint(_ code: String, _ text: String) -> (ErrorCode, String) { (ErrorCode(code, .pending), text) }
        guard let run, let ageMs else {
            return error == nil ? complaint("WORKER_RUN_MISSING", "the worker has never run to its end for \(consumer)") : nil
        }
        if let error = run.error { return complaint("WORKER_RUN_FAILED", "the last run of \(consumer) ended badly: \(error)") }
        guard let maxAge else { return nil }
        // A clock that was set back makes a record of the future, which says nothing about how long ago that was.
        let age = Duration.milliseconds(ageMs)
        if age < .zero - maxAge {
            return complaint("WORKER_RUN_OLD", "the last run of \(consumer) ended in the future, at \(run.endedAt)")
        }
        return age > maxAge ? complaint("WORKER_RUN_OLD", "the last run of \(consumer) ended \(DurationText.text(age)) ago") : nil
    }
}
