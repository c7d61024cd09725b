public import FoundationEssentials
public import Kernel
import Synchronization

/// All that a command may know of the world outside: nothing else reaches for the streams, the environment or the time.
public final class CommandContext: Sendable {
    public let io: any TerminalIO
    public let environment: [String: String]
    public let clock: any WallClock
    public let global: GlobalOptions
    /// Which command runs, for records and messages.
    public let invocation: Invocation
    /// Shared by everything that this command sets in motion; `ref:` of its errors.
    public let correlationId: UUID
    public let output: OutputFormat
    /// Whether standard output gets colours.
    public let color: Bool
    public let renderer: Renderer
    public let confirmation: Confirmation
    public let services: any ServiceAccess
    private let lasting = Mutex<LastingChange?>(nil)
    private let acting = Mutex<Task<UUID, any Error>?>(nil)

    /// What this command has done that its failing later does not undo.
    struct LastingChange: Sendable {
        /// By which it can be looked at; `nil` for something that has no name.
        let identifier: String?
    }

    /// - Throws: `Failure` with `CONFIGURATION` where a variable of the environment makes no sense.
    public init(
        global: GlobalOptions, invocation: Invocation, io: any TerminalIO, environment: [String: String], clock: any WallClock,
        services: any ServiceAccess, profileColor: ColorChoice = .auto
    ) throws(Failure) {
        self.io = io
        self.environment = environment
        self.clock = clock
        self.global = global
        self.services = services
        self.invocation = invocation
        // Also for commands that change nothing: whoever mistypes it believes to be safe.
        _ = try global.forbidsChanges(environment: environment)
        correlationId = global.correlationId ?? UUID.version7(at: clock.now())
        output = try global.outputFormat(environment: environment)
        color = global.usesColor(onTerminal: io.stdoutIsTerminal, environment: environment, profileChoice: profileColor)
        renderer = Renderer(io: io, format: output, showsHeaders: !global.noHeaders, color: color, isQuiet: global.quiet)
        confirmation = Confirmation(io: io, mayAsk: try global.allowsQuestions(environment: environment), saysYes: global.yes)
    }

    /// The same command on other databases: those of an installation that is being made.
    ///
    /// - Throws: as ``init(global:invocation:io:environment:clock:services:profileColor:)``.
    public func with(services: any ServiceAccess) throws(Failure) -> CommandContext {
        try CommandContext(
            global: global, invocation: invocation, io: io, environment: environment, clock: clock, services: services,
            profileColor: color ? .always : .never)
    }

    /// Tells that something has been changed for good, so that a failure to show it is not taken for a failure to do it. ``perform(_:_:_:)``
    /// does it for what it commits.
    ///
    /// - Parameter identifier: what a `get` of the same noun takes, where there is one.
    public func noteChange(_ identifier: String? = nil) {
        lasting.withLock { $0 = LastingChange(identifier: identifier) }
    }

    /// The user for whom the command runs (`--as`), looked up once; `nil` for the operator.
    ///
    /// - Throws: the directory's error where there is no such user, or where the user may not log in.
    public func actingUser() async throws -> UUID? {
        guard let reference = global.actAs else { return nil }
        let lookup = acting.withLock { acting in
            let lookup = acting ?? Task { [services] in try await services.directory.actor(reference) }
            acting = lookup
            return lookup
        }
        return try await withTaskCancellationHandler {
            try await lookup.value
        } onCancel: {
            lookup.cancel()
        }
    }

    var lastingChange: LastingChange? { lasting.withLock { $0 } }

    /// A line on standard error, unless `--quiet` says otherwise.
    public func notice(_ text: String) {
        guard !global.quiet else { return }
        io.writeError(NoticeLine.text(text, output))
    }

    /// What is being done just now, for a person who waits for it.
    public func progress(_ text: String) {
        guard io.stderrIsTerminal, !output.isMachineReadable else { return }
        notice(text)
    }

    /// A line on standard error that only `--verbose` asks for.
    public func explain(_ text: @autoclosure () -> String) {
        guard global.verbose else { return }
        io.writeError(NoticeLine.text(text(), output))
    }
}

/// Which command was called, without the values of its flags: those may be personal data.
public struct Invocation: Sendable, Hashable {
    /// The words of the command, without the program's name: `["org", "create"]`.
    public let words: [String]
    /// The names of the flags that were given, sorted: `["--name", "--owner"]`.
    public let flags: [String]
    /// The shared flags of this very command line, with their values: for commands that run others under them, never for records.
    public internal(set) var given: [String] = []

    public init(words: [String], flags: [String] = []) {
        self.words = words
        self.flags = flags
    }

    /// `org create`
    public var path: String { words.joined(separator: " ") }
}
