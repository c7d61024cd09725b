import CMalloc
public import CommandKit
import Configuration
import FoundationEssentials
public import Kernel
import Postgres
import Sandbox
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The program: takes a command line from the process's start to its exit status.
public final class Application: Sendable {
    private let io: any TerminalIO
    private let environment: [String: String]
    private let clock: any WallClock
    private let connectsEarly: Bool
    private let cache = ConnectionCache()
    private let known = Mutex<[String?: AppServices]>([:])

    /// - Parameter clock: the machine's clock; a sandbox's shift is added to it.
    /// - Parameter connectsEarly: connect to a command's database while its flags are still being parsed. Only where one command is run:
    ///   later ones find the connection open.
    public init(
        io: any TerminalIO, environment: [String: String], clock: any WallClock = SystemClock(), connectsEarly: Bool = false
    ) {
        self.io = io
        self.environment = environment
        self.clock = clock
        self.connectsEarly = connectsEarly
    }

    /// Runs the process's own arguments on its own streams and environment, and ends the process.
    ///
    /// Ends it by `_exit`, with everything still in place: all output has been written by then, and taking apart connections, sources and
    /// libraries one by one only repeats what the kernel is about to do.
    @MainActor public static func main() async -> Never {
        occupyStandardStreams()
        CrashReport.install()
        #if canImport(Glibc)
            // By default glibc gives each thread a heap of its own and keeps what was freed there; the worker's memory would grow with the
            // threads that it happened to run on.
            mallopt(M_ARENA_MAX, 2)
        #endif
        let application = Application(io: SystemTerminal(), environment: processEnvironment(), connectsEarly: true)
        // Here, and not in the task: the first thread need not wait for others to come up before it begins to connect.
        let command = application.prepared(bytes: processArguments())
        let status = await Signals.obey(command)
        withExtendedLifetime(application) { _exit(status) }
    }

    /// A standard stream that the caller has closed would be the number of the next file or socket. Now reading finds the end, and writing
    /// fails.
    private static func occupyStandardStreams() {
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) < 0 {
            // The lowest free number, so the stream's own.
            _ = open("/dev/null", O_RDONLY)
        }
    }

    /// The bytes of the process's arguments, without the program's name. Swift's own list has them repaired.
    private static func processArguments() -> [[UInt8]] {
        (0..<Int(CommandLine.argc)).dropFirst().compactMap { CommandLine.unsafeArgv[$0] }.map { argument in
            Array(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
        }
    }

    /// The process's variables. Read once, before there are other threads; of a name that is there twice the first, as getenv(3) does.
    private static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, variables[String(parts[0])] == nil { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }

    /// Runs one command line to its end; failures are reported on standard error.
    ///
    /// - Parameter arguments: without the program's name.
    public func run(_ arguments: [String]) async -> Int32 {
        await runner.run(arguments)
    }

    /// The same for arguments as the system hands them over. One that is not UTF-8 is refused: a repaired one would name something else.
    public func run(bytes arguments: [[UInt8]]) async -> Int32 {
        await prepared(bytes: arguments)()
    }

    /// Parses without waiting for anything, and begins to connect where it is a command that will.
    ///
    /// - Returns: what ``run(bytes:)`` does next.
    private func prepared(bytes arguments: [[UInt8]]) -> @Sendable () async -> Int32 {
        let runner = runner
        let words = arguments.map { String(validating: $0, as: UTF8.self) }
        let command: @Sendable () async -> CommandOutcome
        if let broken = words.firstIndex(of: nil) {
            let failure = Failure(.usage, "argument \(broken + 1) is not valid UTF-8")
            command = { .failed(failure, runner.surroundings(of: words.compactMap(\.self))) }
        } else {
            command = runner.prepared(words.compactMap(\.self))
        }
        return {
            let outcome = await command()
            runner.report(outcome)
            return outcome.status
        }
    }

    var runner: CommandRunner {
        CommandRunner(
            root: { RootCommand.self }, io: io, environment: environment, failures: Self.failures,
            prepare: { [self] in if connectsEarly { connect(for: $0) } }, makeContext: { [self] in try context($0, $1) })
    }

    /// Begins to connect to the database of the command's service. What goes wrong is told when the command asks for the connection.
    private func connect(for call: CommandCall) {
        guard let service = Registry.service(of: call.path) else { return }
        services(profile: call.profile).prepareConnection(to: service)
    }

    /// The same object for the same profile, so that it is resolved once.
    private func services(profile flag: String?) -> AppServices {
        known.withLock { known in
            if let services = known[flag] { return services }
            let services = AppServices(cache: cache) { [environment] in
                try ProfileResolver(environment: environment, services: Registry.services) {
                    try Sandbox(environment: environment, services: Registry.services).profile()
                }.resolve(flag: flag)
            }
            known[flag] = services
            return services
        }
    }

    private func context(_ global: GlobalOptions, _ invocation: Invocation) throws -> CommandContext {
        let services = services(profile: global.profile)
        // A command that needs no profile must work without one; one that does will meet the same error again.
        let profile = try? services.profile()
        return try CommandContext(
            global: global, invocation: invocation, io: io, environment: environment, clock: try profile?.clock(base: clock) ?? clock,
            services: services, profileColor: profile.flatMap { ColorChoice(rawValue: $0.color.rawValue) } ?? .auto)
    }

    static let failures = FailureMapping([
        { error in
            let isInterrupted = error is CancellationError || (error as? PostgresError)?.failure.code == .interrupted
            return isInterrupted && Signals.terminates ? Failure(.terminated, "terminated") : nil
        },
        { ($0 as? PostgresError)?.failure },
    ])
}
