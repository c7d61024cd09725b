import Kernel
import Subprocess
import SystemPackage

/// A program that takes turns with others over the same events.
public struct Contender: Sendable {
    public let name: String
    private let executable: FilePath
    private let arguments: [String]
    private let isWorker: Bool

    /// The worker of this very binary.
    ///
    /// - Parameter arguments: make it what ``ProbedRun`` does, on the server whose socket folder is put behind them.
    public static func worker(executable: String, arguments: [String]) -> Contender {
        Contender(name: "saasctl", executable: FilePath(executable), arguments: arguments, isWorker: true)
    }

    /// A command line of the shell, with variables that say where to work: `PGHOST`, `PGPORT` and `PGUSER` (the superuser's),
    /// `SAASCTL_BENCH_SOURCE`, the database whose outbox is read, `SAASCTL_BENCH_TARGET`, an empty database of its own, `SAASCTL_BENCH_EVENTS`, how
    /// many events wait, and `SAASCTL_BENCH_FRESH`, set where everything is to be read again.
    ///
    /// When it follows it prints `ready`, puts the positions of the events into a table `effects (position bigint, …)` of its database, and goes
    /// on until SIGTERM. The last line it prints is a ``ProbeResult``.
    public static func command(_ text: String, named name: String) -> Contender {
        // SIGTERM goes to all of the group. A shell that it ended would take along what the program still has to say.
        Contender(name: name, executable: "/bin/sh", arguments: ["-c", "trap : TERM; \(text)"], isWorker: false)
    }

    /// The database of its own; the worker has those of the services.
    var database: String? { isWorker ? nil : "against_\(name)" }

    /// Runs it to its end.
    ///
    /// - Parameter variables: what it gets to see of the environment.
    /// - Parameter body: what to do once it says that it is ready; when that is done, it is told to end.
    func run(
        on server: BenchServer, variables: [String: String] = [:], whenReady body: @Sendable () async throws -> Void = {}
    ) async throws -> ProbeResult {
        var environment = server.variables
        environment.merge(variables) { $1 }
        environment["SAASCTL_BENCH_TARGET"] = database
        var options = PlatformOptions()
        // A session of its own: Ctrl-C at the terminal ends the benchmark, and that ends this.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(10))]
        let result = try await Subprocess.run(
            .path(executable), arguments: Arguments(arguments + (isWorker ? [server.socketFolder] : [])),
            environment: .custom(
                Dictionary(
                    uniqueKeysWithValues: environment.compactMap { key, value in Environment.Key(rawValue: key).map { ($0, value) } })),
            platformOptions: options, input: .none, output: .sequence, error: .string(limit: 1 << 20)
        ) { execution in
            var last = ""
            for try await line in execution.standardOutput.strings() {
                let line = line.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
                if line == "ready" {
                    try await body()
                    try execution.send(signal: .terminate, toProcessGroup: true)
                } else if !line.isEmpty {
                    last = line
                }
            }
            return last
        }
        try Task.checkCancellation()
        do {
            return try JSONCoding.decode(ProbeResult.self, from: result.closureResult)
        } catch {
            throw BenchError.contenderFailed(name, output: result.standardError.isEmpty ? result.closureResult : result.standardError)
        }
    }
}
