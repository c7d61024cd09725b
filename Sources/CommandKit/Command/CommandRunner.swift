public import ArgumentParser
public import FoundationEssentials
public import Kernel

/// Takes a command line from its words to its end: route, parse, make the context, run, report.
public struct CommandRunner: Sendable {
    /// - Throws: what ``FailureMapping`` turns into a `Failure`; a configuration that is missing, for instance.
    public typealias ContextFactory = @Sendable (GlobalOptions, Invocation) async throws -> CommandContext

    private let root: @Sendable () -> any AsyncParsableCommand.Type
    private let io: any TerminalIO
    private let environment: [String: String]
    private let failures: FailureMapping
    private let prepare: @Sendable (CommandCall) -> Void
    private let makeContext: ContextFactory

    /// - Parameter root: the top of the command tree; `--version` prints what its configuration says.
    /// - Parameter prepare: told which command it will be before its flags are parsed, so that what it will need can begin meanwhile.
    public init(
        root: @escaping @Sendable () -> any AsyncParsableCommand.Type, io: any TerminalIO, environment: [String: String],
        failures: FailureMapping = FailureMapping(), prepare: @escaping @Sendable (CommandCall) -> Void = { _ in },
        makeContext: @escaping ContextFactory
    ) {
        self.root = root
        self.io = io
        self.environment = environment
        self.failures = failures
        self.prepare = prepare
        self.makeContext = makeContext
    }

    /// Runs a command line to its end and reports a failure on standard error.
    ///
    /// - Parameter arguments: without the name of the program.
    /// - Returns: the status for `exit`; 141, and no word, where the reader of standard output has gone away (as SIGPIPE would end it).
    public func run(_ arguments: [String]) async -> Int32 {
        let outcome = await outcome(of: arguments)
        report(outcome)
        return outcome.status
    }

    /// Runs a command line to its end and says nothing about how it ended.
    public func outcome(of arguments: [String]) async -> CommandOutcome {
        await prepared(arguments)()
    }

    /// Parses a command line, which can be done while another command runs.
    ///
    /// - Parameter defaults: shared flags that hold where the line does not say otherwise, as ``Invocation/given`` has them.
    /// - Returns: what runs it to its end; says nothing about how it ended.
    public func prepared(_ own: [String], defaults: [String] = []) -> @Sendable () async -> CommandOutcome {
        let arguments = SharedFlags.line(own, defaults: defaults)
        do {
            let route = try CommandLineRouter(root: root()).route(arguments)
            if case .run(let call) = route { prepare(call) }
            guard case .run(let call) = route, case .command(let command) = try call.parse() else {
                return { await self.outcome(surroundings(of: arguments)) { _ in try await answer(arguments) } }
            }
            var invocation = call.invocation
            invocation.given = SharedFlags.given(in: own)
            let witness = call.path.witness
            return { [invocation] in
                await self.outcome(surroundings(of: arguments)) { try await run(command, invocation, witness, &$0) }
            }
        } catch {
            return { .failed(error, surroundings(of: arguments)) }
        }
    }

    private func outcome(
        _ surroundings: CommandOutcome.Surroundings, of work: (inout CommandOutcome.Surroundings) async throws -> Void
    ) async -> CommandOutcome {
        var ending = surroundings
        do {
            try await work(&ending)
            return .success
        } catch TerminalError.outputClosed {
            return .outputClosed
        } catch let exit as SilentExit {
            return exit.status == .success ? .success : .ended(exit.status)
        } catch {
            ending.cause = error
            return .failed(failures.failure(for: error).naming(organization: ending.organization), ending)
        }
    }

    /// Shows on standard error how a command failed; nothing for other outcomes.
    public func report(_ outcome: CommandOutcome) {
        guard case .failed(let failure, let ending) = outcome else { return }
        FailureReport(io: io, format: ending.format, color: ending.color).write(
            failure, reference: ending.reference, debug: ending.debugText)
    }

    private func run(
        _ command: any SaasctlCommand, _ invocation: Invocation, _ witness: CommandPath.Witness?,
        _ ending: inout CommandOutcome.Surroundings
    ) async throws {
        let global = command.global
        ending.debug = global.debug
        ending.color = global.usesColor(onTerminal: io.stderrIsTerminal, environment: environment)
        ending.reference = global.correlationId
        ending.organization = SharedFlags.values(in: invocation.given)["org"]
        ending.format = try global.outputFormat(environment: environment)
        if let user = global.actAs, !type(of: command).actsForUsers {
            throw Failure(.notPermitted, "\"\(invocation.path)\" is for the operator; user \"\(user)\" may not run it")
        }
        let limit = try global.timeLimit(environment: environment)
        let context = try await makeContext(global, invocation)
        ending.reference = context.correlationId
        do {
            try await Deadline.run(within: limit) { try await command.run(context) }
        } catch TerminalError.writeFailed(let errno) {
            guard let change = context.lastingChange else { throw TerminalError.writeFailed(errno: errno) }
            throw Failure(
                .outputFailed, "the change was made, but its result could not be written to standard output: \(SystemError.text(errno))",
                hint: witness?.commandLine(for: change.identifier))
        }
    }

    /// What runs no command of the tree: help, the version, completions.
    private func answer(_ arguments: [String]) async throws {
        switch try CommandLineRouter(root: root()).route(arguments) {
        case .help(let path): try printHelp(path)
        case .version: try io.write("\(root()._commandName) \(root().configuration.version)\n")
        case .completion(let arguments): try await printCompletions(arguments)
        case .run(let call):
            switch try call.parse() {
            case .text(let text): try io.write(text + "\n")
            case .help, .command: try printHelp(call.path)
            }
        }
    }

    private func printHelp(_ path: CommandPath) throws {
        try io.write(HelpText.text(for: path, columns: io.stdoutIsTerminal ? max(40, min(io.width, 120)) : 80))
    }

    private func printCompletions(_ arguments: [String]) async throws {
        do {
            _ = try await root().asyncParseAsRoot(arguments)
        } catch {
            guard root().exitCode(for: error).isSuccess else { throw error }
            try io.write(root().message(for: error) + "\n")
        }
    }

    /// How to report a failure as far as the flags tell that can be read without parsing: a command line that cannot be parsed still
    /// deserves its errors in the format that it asks for.
    public func surroundings(of arguments: [String]) -> CommandOutcome.Surroundings {
        let flags = SharedFlags.values(in: arguments)
        let format = (flags["output"] ?? environment["SAASCTL_OUTPUT"]).flatMap { OutputFormat(rawValue: $0) } ?? .table
        let color = flags["color"].flatMap { ColorChoice(rawValue: $0) } ?? .auto
        return .init(format: format, color: color.usesColor(onTerminal: io.stderrIsTerminal, environment: environment))
    }
}

/// How a command ended.
public enum CommandOutcome: Sendable {
    case success
    case failed(Failure, Surroundings)
    /// The command has said all itself.
    case ended(ExitStatus)
    case outputClosed

    /// What a report about a failure needs to know besides the failure.
    public struct Surroundings: Sendable {
        public var format: OutputFormat
        public var color: Bool
        public var debug = false
        /// The correlation id, once there is one.
        public var reference: UUID?
        public var cause: (any Error)?
        /// What `--org` says, where it was given.
        var organization: String?

        public init(format: OutputFormat, color: Bool) {
            self.format = format
            self.color = color
        }

        /// All that is known about the cause, where `--debug` asks for it and the failure is not the whole story.
        public var debugText: String? {
            guard debug, let cause, !(cause is Failure) else { return nil }
            return String(reflecting: cause)
        }
    }

    /// The status for `exit`.
    public var status: Int32 {
        switch self {
        case .success: ExitStatus.success.rawValue
        case .failed(let failure, _): failure.code.exit.rawValue
        case .ended(let status): status.rawValue
        case .outputClosed: 141
        }
    }
}
