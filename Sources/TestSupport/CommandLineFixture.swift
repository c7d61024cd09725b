import Cryptography
import PostgresServer
import Subprocess
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Drives the built program from outside, with a home folder, an environment and a sandbox of its own.
public struct CommandLineFixture: Sendable {
    /// Holds the home folder; room for files of the test.
    public let scratch: ScratchFolder
    /// All that the program gets to see of the environment.
    public var environment: [String: String]
    let program: FilePath
    private let watchdog: Watchdog

    /// - Parameter program: `nil` for the one beside the bundle of tests.
    init(program: FilePath?, databases: TestDatabases?) async throws {
        self.program = try program ?? TestProgram.locate()
        let scratch = try ScratchFolder()
        self.scratch = scratch
        try scratch.makeFolder("home", mode: 0o700)
        try scratch.makeFolder("bin")
        guard symlink(self.program.string, scratch.file("bin/saasctl")) == 0 else { throw Errno(rawValue: errno) }
        environment = [
            "PATH": "/usr/bin:/bin", "HOME": scratch.file("home"), "XDG_CONFIG_HOME": scratch.file("home/config"),
            "XDG_STATE_HOME": scratch.file("home/state"), "XDG_CACHE_HOME": scratch.file("home/cache"),
            "SAASCTL_SANDBOX_DIR": scratch.file("sandbox"), "SAASCTL_SYSTEM_CONFIG": scratch.file("etc/config.yaml"), "LC_ALL": "C.UTF-8",
            "TZ": "UTC", "TERM": "dumb", "COLUMNS": "100",
        ]
        watchdog = try await Watchdog(scratch.path)
        if let databases {
            environment["SAASCTL_KEY_FILE"] = try scratch.write(SecureRandom.bytes(32), to: "master.key")
            environment.merge(databases.environment) { $1 }
        }
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - input: what it reads from standard input, which is a file.
    ///   - variables: put over ``environment`` for this run; `nil` takes one away.
    ///   - limit: the test fails when the program takes longer; it is then killed.
    public func run(
        _ arguments: String..., input: String = "", variables: [String: String?] = [:], limit: Duration = .seconds(120)
    ) async throws -> CommandResult {
        try await run(arguments, input: input, variables: variables, limit: limit)
    }

    /// Runs the program to its end, with arguments from an array.
    public func run(
        _ arguments: [String], input: String = "", variables: [String: String?] = [:], limit: Duration = .seconds(120)
    ) async throws -> CommandResult {
        try await run(program, arguments, input: input, variables: variables, limit: limit)
    }

    /// Runs the program while the body does something to it, or to what it works on.
    public func run(
        _ arguments: String..., input: String = "", variables: [String: String?] = [:], limit: Duration = .seconds(120),
        during body: @escaping @Sendable (RunningProgram) async throws -> Void
    ) async throws -> CommandResult {
        try await run(arguments, input: input, variables: variables, limit: limit, during: body)
    }

    /// The same with arguments from an array.
    public func run(
        _ arguments: [String], input: String = "", variables: [String: String?] = [:], limit: Duration = .seconds(120),
        during body: @escaping @Sendable (RunningProgram) async throws -> Void
    ) async throws -> CommandResult {
        try await run(program, arguments, input: input, variables: variables, limit: limit, during: body)
    }

    /// Runs a script of the shell that finds the program as `saasctl`, pipes and redirections included.
    ///
    /// - Returns: the status and the streams of the shell.
    public func shell(_ script: String, variables: [String: String?] = [:], limit: Duration = .seconds(120)) async throws -> CommandResult {
        var variables = variables
        variables["PATH"] = "\(scratch.file("bin")):/usr/bin:/bin"
        return try await run("/bin/sh", ["-c", script], input: "", variables: variables, limit: limit)
    }

    private func run(
        _ executable: FilePath, _ arguments: [String], input: String, variables: [String: String?], limit: Duration,
        during body: @escaping @Sendable (RunningProgram) async throws -> Void = { _ in }
    ) async throws -> CommandResult {
        let environment = merged(variables)
        return try await Deadline.limiting(limit, "saasctl \(arguments.joined(separator: " "))") { [self] in
            // A file and no pipe: writing to a program that ends without reading would end the tests with it.
            let result = try await Subprocess.run(
                .path(executable), arguments: Arguments(arguments), environment: .custom(environment), workingDirectory: scratch.path,
                input: .fileDescriptor(try opened(input), closeAfterSpawningProcess: true), output: .string(limit: 64 << 20),
                error: .string(limit: 64 << 20)
            ) { try await body(RunningProgram(processID: $0.processIdentifier.value)) }
            return CommandResult(
                arguments: arguments, status: result.terminationStatus.shellStatus, stdout: result.standardOutput,
                stderr: result.standardError)
        }
    }

    /// A file with this text, which has no name any more.
    private func opened(_ text: String) throws -> FileDescriptor {
        let path = FilePath(try scratch.write(text, to: "input-\(UInt64.random(in: .min ... .max))"))
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        try Files.remove(path)
        return file
    }

    func merged(_ variables: [String: String?]) -> [Environment.Key: String] {
        var merged = environment
        for (name, value) in variables { merged[name] = value }
        return Dictionary(uniqueKeysWithValues: merged.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } })
    }

    /// Ends the sandbox that the test may have started, and removes the scratch folder.
    func tearDown() async throws {
        try await watchdog.letGo()
    }
}

/// Lends the program with an environment of its own, and undoes what it did when the body has ended.
///
/// - Parameters:
///   - databases: what the program works on; without them it has nothing but a sandbox that the test may start.
///   - program: another program than the built one.
public func withCommandLine<Result>(
    _ databases: TestDatabases? = nil, program: FilePath? = nil, body: (CommandLineFixture) async throws -> Result
) async throws -> Result {
    let fixture = try await CommandLineFixture(program: program, databases: databases)
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
    try await Task { try await fixture.tearDown() }.value
    return try outcome.get()
}

extension TerminationStatus {
    var shellStatus: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
