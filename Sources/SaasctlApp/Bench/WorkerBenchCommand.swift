import ArgumentParser
import Bench
import Billing
import CommandKit
import Configuration
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres

struct WorkerBenchCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure the worker on a server of its own.",
        discussion: """
            Starts a private PostgreSQL in a temporary folder (TMPDIR, else /var/tmp), fills its databases with events, and lets a worker in a \
            process of its own apply them. The server is removed in the end. No database that is configured is ever touched.

            Without --follow a backlog is applied, and events per second count. --lane says by which consumers:

              noop   one lane, whose consumer only moves its checkpoint: what reading costs
              audit  the audit consumer's lane of one source, which writes every event; without its sequencer
              log    the same with the sequencer, which gives each entry its leaf in the Merkle tree
              all    all consumers there are, over a mixture of all types of events; the rate counts an event once, however many read it, and \
            what consumers publish like what waited

            With --follow the worker waits for events that are appended at a steady rate, and the time from the commit of an event to the \
            commit of its entry in the audit log counts.

            --against lets another program take turns with the worker over the same events: NAME=COMMAND, for the shell. The documentation of \
            its environment and of what it has to print is docs/performance.md.

            Figures of one run may be compared with each other; those of two runs depend on what else the machine did. Examples:

              saasctl worker bench --events 200000 --lane audit
              saasctl worker bench --follow --rate 50 --duration 10s
            """)

    @Option(help: ArgumentHelp("How many events wait; 100000 unless said otherwise.", valueName: "number"))
    var events: Int?

    @Option(help: ArgumentHelp("Which lanes take part.", valueName: "lane"))
    var lane: BenchLane = .all

    @Option(help: ArgumentHelp("How often it is done; figures are medians.", valueName: "number"))
    var rounds = 3

    @Option(help: ArgumentHelp("How many connections write side by side.", valueName: "number"))
    var writers = 2

    @Flag(help: "Measure from commit to effect while a worker follows.")
    var follow = false

    @Option(help: ArgumentHelp("With --follow: commits per second; 50 unless said otherwise.", valueName: "number"))
    var rate: Int?

    @Option(
        help: ArgumentHelp("With --follow: how long each round writes; 10s unless said otherwise.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var duration: Duration?

    @Flag(help: "Keep a transaction open all the while; each round then has events of its own.")
    var holdTransaction = false

    @Option(
        help: ArgumentHelp("A program that takes turns with the worker; may be given several times.", valueName: "name=command"))
    var against: [BenchOpponent] = []

    @OptionGroup(title: "Global options") var global: GlobalOptions

    static let defaultEvents = 100_000
    static let defaultRate = 50
    static let defaultDuration = Duration.seconds(10)

    func validate() throws {
        func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
            guard let value, !range.contains(value) else { return }
            throw ValidationError("--\(name) must be between \(range.lowerBound) and \(range.upperBound)")
        }
        try check("events", events, 1...100_000_000)
        try check("rounds", rounds, 1...1_000)
        try check("writers", writers, 1...64)
        try check("rate", rate, 1...100_000)
        if follow {
            if events != nil { throw ValidationError("--events is for a backlog, which --follow has not") }
            if holdTransaction { throw ValidationError("--hold-transaction is for a backlog, which --follow has not") }
            if lane == .noop { throw ValidationError("a lane without effects has nothing to wait for: --lane audit or all with --follow") }
        } else if rate != nil || duration != nil {
            throw ValidationError("--rate and --duration belong to --follow")
        }
        let names = against.map(\.name)
        if Set(names + [BenchReport.ownName]).count != names.count + 1 { throw ValidationError("each --against needs a name of its own") }
    }

    func run(_ context: CommandContext) async throws {
        let environment = context.environment
        let report = try await BenchServer.lend(environment: environment, services: Registry.services) { profile in
            context.progress("preparing \(Registry.services.count) databases…")
            try await seed(profile, context)
        } body: { server in
            let version = try await server.version()
            let contenders = [try worker()] + against.map { Contender.command($0.command, named: $0.name) }
            let turns = try await turns(of: contenders, on: server) { context.progress($0) }
            return BenchReport(
                lane: lane, follow: follow, rate: follow ? rate ?? Self.defaultRate : nil, holdsTransaction: holdTransaction,
                server: version,
                turns: turns)
        }
        try context.renderer.object(report)
    }

    private func turns(
        of contenders: [Contender], on server: BenchServer, progress: @Sendable (String) -> Void
    ) async throws -> [BenchTurn] {
        let events = events ?? Self.defaultEvents
        if follow {
            return try await FollowBench(
                on: server, from: BenchLane.source, to: BenchLane.target, contenders: contenders, rounds: rounds, writers: writers,
                rate: rate ?? Self.defaultRate, duration: duration ?? Self.defaultDuration
            ) {
                let now = SystemClock().now()
                let id = UUID.version7(at: now)
                return try PendingEvent(
                    OrganizationCreated(organizationId: id, ownerId: UUID.version7(at: now)), subject: id, sequence: 1, organization: id)
            }.run(progress: progress)
        }
        let bench =
            switch lane {
            case .noop, .audit, .log:
                BacklogBench.lane(
                    on: server, from: BenchLane.source, to: BenchLane.target, contenders: contenders, events: events, rounds: rounds,
                    connections: writers, holdsTransaction: holdTransaction)
            case .all:
                BacklogBench.allLanes(
                    on: server, source: BenchLane.source, contenders: contenders, events: events, rounds: rounds, connections: writers,
                    holdsTransaction: holdTransaction)
            }
        return try await bench.run(progress: progress)
    }

    /// This very program, whatever its name has come to be since it was started.
    private func worker() throws -> Contender {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return .worker(
            executable: program, arguments: ["worker", "benchlane", "--lane", lane.rawValue] + (follow ? ["--follow"] : []) + ["--socket"])
    }

    private func seed(_ profile: Profile, _ context: CommandContext) async throws {
        let services = AppServices(cache: ConnectionCache()) { profile }
        _ = try await context.with(services: services).execute(Seed.request(), MutationTerms()) {
            .accepted(try Seed.freePlan(in: $0, context: $1))
        }
        // A database that somebody is connected to cannot be copied.
        try await services.connection(to: BillingModule.module.name).close()
    }
}

/// A program beside the worker, by name and command line.
struct BenchOpponent: ExpressibleByArgument, Sendable {
    let name: String
    let command: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[0].allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }) else { return nil }
        name = parts[0]
        command = parts[1]
    }
}
