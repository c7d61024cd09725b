import ArgumentParser
import CommandKit
import Kernel
import Outbox
import Worker

struct WorkerRunCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Apply all events that are there, then end.",
        discussion: """
            Runs until everything is level, what the consumers publish themselves included, and does what is due by now, such as the expiry of \
            invitations; with --only what is due in the databases of these consumers. Several runs at once, on one host or many, share \
            the work: each lane is run by one of them.

            Silent on success where standard error is no terminal; --follow says there when a lane comes to stand, when it goes on, and when \
            events are dead. Exits 8 where a lane stands until somebody acts or \
            a timer fails again and again, 69 where a database \
            cannot be reached, 75 where lanes are held by another run and --if-locked is fail, or is wait and time was up. SIGTERM ends the \
            run after the chunk in hand.

            Example, a line for cron; who is to see that it works asks worker lastrun:

              * * * * * saasctl worker run --once --max-runtime 50s --splay 10s

            The same with metrics for the textfile collector of node_exporter:

              * * * * * saasctl worker run --textfile /var/lib/node_exporter
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

    @Option(
        help: ArgumentHelp(
            "What to do about lanes that another run holds: leave them (exit 0), wait for them until --max-runtime or --timeout, or fail.",
            valueName: "policy"))
    var ifLocked: LockPolicy = .skip

    @Option(
        help: ArgumentHelp(
            "Wait a random time below this one first, which does not count into --max-runtime: 30s.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var splay: Duration?

    @Flag(
        help: """
            Set aside events that fail, however many: for the lanes of --only that stand with LANE_FAILING over events that really are bad.
            """)
    var parkFailing = false

    @Option(
        help: ArgumentHelp(
            "Open at most so many connections at a time; by default as many as let all lanes work at once.", valueName: "number"))
    var maxConnections: Int?

    @Option(
        help: ArgumentHelp(
            "How long a database may take over one statement; 60s unless said otherwise. A connection that says nothing for half as long again is given up.",
            valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var statementTimeout: Duration = WorkerLimits.standard.statement

    @Option(
        help: ArgumentHelp("Write metrics of the run to saasctl_worker.prom in this folder.", valueName: "folder"),
        completion: .directory)
    var textfile: String?

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func validate() throws {
        if once && follow { throw ValidationError("--once and --follow exclude each other") }
        if follow, ifLocked != .skip {
            throw ValidationError("--if-locked is for runs that end; --follow asks for a lane that another run holds again and again")
        }
        if parkFailing, only == nil || follow {
            throw ValidationError("--park-failing is for one run, and needs --only: name the consumers whose events are to blame")
        }
        let least = WorkerRun.leastConnections(of: consumers, following: follow)
        if let maxConnections, maxConnections < least {
            throw ValidationError("--max-connections must be at least \(least) here: those that the lanes share, and one to apply on")
        }
        if textfile?.isEmpty == true { throw ValidationError("--textfile needs the name of a folder") }
        if statementTimeout < .milliseconds(100) { throw ValidationError("--statement-timeout must be 100ms or more") }
    }

    private var consumers: [any Consumer] { only?.consumers ?? Registry.consumers }

    func run(_ context: CommandContext) async throws {
        try context.refuseIfReadOnly()
        guard let services = context.services as? AppServices else { return }
        let databases = LimitedDatabases(services: services, limits: WorkerLimits(statement: statementTimeout))
        var random = SystemRandomNumberGenerator()
        if let splay { try await wait(Splay.delay(below: splay, using: &random), context) }
        let stop = StopSignal()
        let run = RecordedRun(
            consumers: consumers, timed: Registry.timed(besides: consumers), databases: databases, clock: context.clock, ifLocked: ifLocked,
            maxRuntime: maxRuntime,
            maxConnections: maxConnections, parksAll: parkFailing, stop: stop)
        if follow {
            let ending = await run.untilStopped(ServiceManager(environment: context.environment)) { context.notice($0) }
            return try finish(ending, context)
        }
        // A task of its own: cancelling this one ends the run after the chunk in hand instead of aborting that chunk.
        let ending = await withTaskCancellationHandler {
            await Task { await run.untilLevel() }.value
        } onCancel: {
            stop.request()
        }
        try finish(ending, context)
    }

    private func wait(_ delay: Duration, _ context: CommandContext) async throws {
        context.progress("starting in \(DurationText.text(delay))")
        try await Task.sleep(for: delay)
    }

    private func finish(_ ending: RecordedRun.Ending, _ context: CommandContext) throws {
        let report = ending.report
        if context.output.isMachineReadable {
            try context.renderer.object(WorkerSummary(report, took: ending.duration))
        } else if context.io.stderrIsTerminal || global.verbose {
            let done = report.timers.reduce(0) { $0 + $1.done }
            let timers = done == 0 ? "" : done == 1 ? ", and did what was due once" : ", and did what was due \(done) times"
            context.notice("applied \(report.events) events in \(report.lanes.count) lanes\(timers)")
        }
        var failure = ending.failure
        if let textfile {
            do {
                try writeMetrics(of: ending, to: MetricsFile(folder: textfile))
            } catch {
                failure = failure.map { Failure($0.code, $0.message, hint: $0.hint, details: $0.details + [error.message]) } ?? error
            }
        }
        if let failure { throw failure }
        // What is left is left because of --timeout or a signal, and a run that was not told to end early has not succeeded then.
        if report.lanes.contains(where: { if case .interrupted = $0.outcome { true } else { false } }) { try Task.checkCancellation() }
    }

    private func writeMetrics(of ending: RecordedRun.Ending, to file: MetricsFile) throws(Failure) {
        // A cancelled command that fails, without a signal, was cancelled by its time limit.
        let failed = Task.isCancelled ? ExitStatus.timedOut.rawValue : ending.failure?.code.exit.rawValue
        let metrics = MetricsText(
            report: ending.report, endedAt: ending.endedAt, duration: ending.duration,
            status: Signals.status ?? (ending.failure == nil ? 0 : failed ?? 0), previous: file.text)
        try file.replace(with: metrics.text)
    }
}

/// Some of the consumers, by name.
struct ConsumerNames: ExpressibleByArgument, Sendable {
    let consumers: [any Consumer]

    init?(argument: String) {
        let wanted = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
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
    /// What was due and is done.
    let timers: Int
    let passes: Int
    let durationMs: Int
    /// The most memory that the process has had so far, in KiB.
    let peakMemoryKib: Int
    let lanes: [Lane]

    static let resourceKind = "WorkerRun"
    static let fields: [Column<WorkerSummary>] = [Column("events") { $0.events }, Column("passes") { $0.passes }]
    var identifier: String { String(events) }

    init(_ report: WorkerReport, took duration: Duration) {
        peakMemoryKib = PeakMemory.kib()
        durationMs = Int(duration / .milliseconds(1))
        events = report.events
        passes = report.passes
        timers = report.timers.reduce(0) { $0 + $1.done }
        lanes = report.lanes.map { lane in
            Lane(
                consumer: lane.consumer, source: lane.source, events: lane.events, outcome: lane.outcome.name,
                error: lane.outcome.failure?.message)
        }
    }
}
