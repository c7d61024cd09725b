import ArgumentParser
import Audit
import CommandKit
import Kernel
import Outbox
import Synchronization
import Worker

struct WorkerReplayCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Fill a consumer's tables anew from the events, and mend what differs.",
        discussion: """
            Reads every event that the consumer has applied, from the audit log and then from the outboxes, into tables beside the live ones, \
            compares the two at the same events, and replaces the rows that differ in one transaction. Workers and readers go on meanwhile. \
            Events that fail are set aside again; what the consumer publishes was published before and is dropped. A run that is cut off \
            leaves nothing behind.

            A new consumer whose sources no longer have their first events starts this way. Only consumers whose tables come from events \
            alone can be replayed; others are refused with exit 6. Exits 75 where the lanes could not be caught up with.

            Examples:

              saasctl worker replay --consumer analytics --dry-run
              saasctl worker replay --consumer analytics --yes --reason 'ticket 17'
            """)

    @Option(help: ArgumentHelp("Whose tables.", valueName: "consumer"))
    var consumer: ConsumerName

    @Flag(name: [.customShort("n"), .long], help: "Only compare.")
    var dryRun = false

    @OptionGroup(title: "Options for changes") var why: ReasonOption
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        guard let databases = context.services as? any WorkerDatabases else { return }
        let consumer = consumer.consumer
        let (operation, record) = try await context.operation(
            of: try Mutation(of: consumer.service, parameters: ["consumer": consumer.name]),
            MutationTerms(isDryRun: dryRun, reason: why.reason))
        if !dryRun, consumer.readModel != nil {
            try context.confirmation.obtain(
                .moderate, to: "replace what differs in the tables of consumer \"\(consumer.name)\" by what the events make of them")
        }
        let progress = ReplayProgressLines(context)
        let terms = ReplayTerms(operation: operation, isDryRun: dryRun, record: record) { progress.note($0) }
        let report = try await WorkerRun(consumers: [consumer], databases: databases, clock: context.clock)
            .replay(consumer, from: AuditArchive(), terms)
        if report.outcome == .replaced { context.noteChange(consumer.name) }
        try context.renderer.object(report)
    }
}

/// Tells a person who waits how far a replay is, every few seconds.
private final class ReplayProgressLines: Sendable {
    private static let pause = Duration.seconds(2)

    private let context: CommandContext
    private let last = Mutex(ContinuousClock.now)

    init(_ context: CommandContext) {
        self.context = context
    }

    func note(_ progress: ReplayProgress) {
        let isDue = last.withLock { last in
            guard ContinuousClock.now - last >= Self.pause else { return false }
            last = .now
            return true
        }
        if isDue { context.progress("\(progress.source): \(progress.entries) of \(progress.of) entries of the audit log") }
    }
}
