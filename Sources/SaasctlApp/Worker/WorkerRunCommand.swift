import ArgumentParser
import CommandKit
import Kernel
import Outbox
import Worker

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

struct WorkerRunCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Apply all events that are there, then end.",
        discussion: """
            Runs until everything is level, what the consumers publish themselves included. Several runs at once share the work. Silent on \
            success where standard error is no terminal; exits 8 where a lane stands still, 69 where a database cannot be reached.

            Example, a line for cron:

              * * * * * saasctl worker run --once --max-runtime 50s
            """)

    @Flag(help: "End when everything is level; this is how it runs in any case.")
    var once = false

    @Flag(help: "Go on until SIGTERM, woken by new events: the worker as a service.")
    var follow = false

    @Option(help: ArgumentHelp("Run the lanes of these consumers only.", valueName: "consumer,…"))
    var only: ConsumerNames?

    @Option(
        help: ArgumentHelp("Begin nothing new after this time: 50s, 5m.", valueName: "duration"), transform: { try DurationText.parse($0) })
    var maxRuntime: Duration?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if once && follow { throw ValidationError("--once and --follow exclude each other") }
    }

    func run(_ context: CommandContext) async throws {
        try context.refuseIfReadOnly()
        guard let databases = context.services as? any WorkerDatabases else { return }
        let stop = StopSignal()
        let worker = WorkerRun(
            consumers: only?.consumers ?? Registry.consumers, databases: databases, clock: context.clock, stop: stop, maxRuntime: maxRuntime
        )
        if follow {
            let service = FollowingRun(worker: worker, stop: stop, manager: ServiceManager(environment: context.environment))
            return try show(await service.run(), took: .zero, context)
        }
        // A task of its own: cancelling this one ends the run after the chunk in hand instead of aborting that chunk.
        let began = ContinuousClock.now
        let report = await withTaskCancellationHandler {
            await Task { await worker.untilLevel() }.value
        } onCancel: {
            stop.request()
        }
        try show(report, took: ContinuousClock.now - began, context)
    }

    private func show(_ report: WorkerReport, took duration: Duration, _ context: CommandContext) throws {
        if context.output.isMachineReadable {
            try context.renderer.object(WorkerSummary(report, took: duration))
        } else if context.io.stderrIsTerminal || global.verbose {
            context.notice("applied \(report.events) events in \(report.lanes.count) lanes")
        }
        guard let failure = report.failure else { return }
        let lines = report.lanes.compactMap { lane -> String? in
            switch lane.outcome {
            case .stopped(let failure): "\(lane.name) stands: \(failure.message)"
            case .unavailable(let failure): "\(lane.name) cannot run: \(failure.message)"
            case .level, .interrupted, .locked: nil
            }
        }
        throw Failure(failure.code, "not all lanes are level: \(failure.message)", hint: failure.hint, details: lines + failure.details)
    }
}

/// Some of the consumers, by name.
struct ConsumerNames: ExpressibleByArgument, Sendable {
    let consumers: [any Consumer]

    init?(argument: String) {
        let wanted = argument.split(separator: ",").map(String.init)
        consumers = Registry.consumers.filter { wanted.contains($0.name) }
        guard !wanted.isEmpty, Set(wanted) == Set(consumers.map(\.name)) else { return nil }
    }

    static var allValueStrings: [String] { Registry.consumers.map(\.name) }
}

/// What a run of the worker did, for programs.
struct WorkerSummary: Renderable {
    struct Lane: Codable, Sendable {
        let consumer: String
        let source: String
        let events: Int
        let outcome: String
        let error: String?
    }

    let events: Int
    let passes: Int
    let durationMs: Int
    /// The most memory that the process has had so far, in KiB (`ru_maxrss` of getrusage(2)).
    let peakMemoryKib: Int
    let lanes: [Lane]

    static let resourceKind = "WorkerRun"
    static let fields: [Column<WorkerSummary>] = [Column("events") { $0.events }, Column("passes") { $0.passes }]
    var identifier: String { String(events) }

    init(_ report: WorkerReport, took duration: Duration) {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        peakMemoryKib = usage.ru_maxrss
        durationMs = Int(duration / .milliseconds(1))
        events = report.events
        passes = report.passes
        lanes = report.lanes.map { lane in
            Lane(
                consumer: lane.consumer, source: lane.source, events: lane.events, outcome: lane.outcome.name,
                error: lane.outcome.failure?.message)
        }
    }
}
