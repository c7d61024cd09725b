import ArgumentParser
import Bench
import CommandKit
import Kernel
import Worker

/// What `worker bench` runs in a process of its own: the worker, told where the benchmark's server is, and by nothing else.
struct WorkerBenchLaneCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchlane", abstract: "Run the worker for worker bench, which starts this itself.", shouldDisplay: false)

    @Option(help: ArgumentHelp("Which lanes run.", valueName: "lane"))
    var lane: BenchLane

    @Option(help: ArgumentHelp("Where the socket of the benchmark's server is.", valueName: "folder"), completion: .directory)
    var socket: String

    @Flag(help: "Go on until SIGTERM.")
    var follow = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let profile = BenchServer.profile(socketFolder: socket)
        let stop = StopSignal()
        let run = ProbedRun(
            consumers: lane.consumers, settles: lane.settles, probe: Probe(), databases: AppServices(cache: ConnectionCache()) { profile },
            clock: context.clock,
            stop: stop)
        // A task of its own: cancelling this one ends the run after the chunk in hand.
        let work = Task {
            follow ? try await run.follow { try context.io.write("ready\n") } : try await run.drain()
        }
        let result = try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            stop.request()
        }
        try context.io.write(JSONCoding.encode(result) + "\n")
    }
}
