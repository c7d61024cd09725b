public import CommandKit
import Kernel
public import LineEditor
import Synchronization

/// The console: reads command lines from an editor and runs them one after the other in this process.
///
/// At a terminal it goes on after errors. With anything else on standard input it is a script: it stops at the first error with that
/// error's status, or with ``Mode/scriptKeepGoing`` reports each by its line and ends with 9 where there were any.
public final class Shell: Sendable {
    public enum Mode: Sendable, Hashable {
        case interactive
        case script
        case scriptKeepGoing
    }

    /// What lines set for the lines after them.
    public struct Settings: Sendable, Hashable {
        /// Holds for every command as `--org` would, where the command names none itself.
        public var organization: String?
    }

    private let io: any TerminalIO
    private let mode: Mode
    private let surroundings: CommandOutcome.Surroundings
    private let source: ShellSource
    private let running = Mutex<Task<CommandOutcome, Never>?>(nil)

    /// - Parameter io: for what the shell itself says; results are written by the commands.
    /// - Parameter surroundings: how the shell's own failures are reported.
    /// - Parameter prepare: parses one command, under flags that earlier lines have set for it, without doing anything, and returns what
    ///   runs it without reporting its failure. In a script the next line is prepared while one runs.
    public init(
        editor: any LineEditor, io: any TerminalIO, mode: Mode,
        surroundings: CommandOutcome.Surroundings = .init(format: .table, color: false),
        prompt: @escaping @Sendable (Settings) -> String = { _ in "" },
        prepare: @escaping @Sendable (_ flags: [String], _ words: [String]) -> @Sendable () async -> CommandOutcome
    ) {
        self.io = io
        self.mode = mode
        self.surroundings = surroundings
        source = ShellSource(editor: editor, isInteractive: mode == .interactive, prompt: prompt, prepare: prepare)
    }

    /// Reads and runs lines until the input or the patience ends. Failures have been reported when it returns.
    ///
    /// - Throws: `SilentExit` with the status to end with, where it is not success; ``CommandKit/TerminalError/outputClosed``.
    public func run() async throws {
        switch await work() {
        case .success: return
        case .outputClosed: throw TerminalError.outputClosed
        case .ended(let status): throw SilentExit(status)
        case .failed(let failure, _): throw SilentExit(failure.code.exit)
        }
    }

    private func work() async -> CommandOutcome {
        var tally = ShellTally()
        let ahead = ShellLookahead(source, isOn: mode != .interactive)
        defer { ahead.abandon() }
        while true {
            let step = await ahead.next()
            tally.line = step.line
            if let warning = step.warning { io.writeError("warning: \(TerminalText.printable(warning))\n") }
            let outcome: CommandOutcome
            switch step.action {
            case .nothing: continue
            case .end: return finish(tally)
            case .interrupted:
                if Task.isCancelled { return .ended(.interrupted) }
                continue
            case .broken(let error): return end(.failed(error.failure, surroundings), tally)
            case .refuse(let failure): outcome = .failed(failure, surroundings)
            case .run(let command): outcome = await run(command)
            case .help(let command): outcome = await help(command)
            }
            if let end = judge(outcome, &tally) { return end }
        }
    }

    /// What Ctrl-C does while the shell goes on: cancels the command that runs, or gives up the line that is being typed.
    public func interrupt() {
        if let running = running.withLock({ $0 }) {
            running.cancel()
        } else {
            source.editor.interrupt()
        }
    }

    private func help(_ command: @escaping @Sendable () async -> CommandOutcome) async -> CommandOutcome {
        let outcome = await run(command)
        guard case .success = outcome else { return outcome }
        do {
            try io.write(ShellVerb.helpText)
            return outcome
        } catch .outputClosed {
            return .outputClosed
        } catch {
            return .failed(error.failure, surroundings)
        }
    }

    /// At a terminal in a task of its own, which ``interrupt()`` can cancel without ending the shell.
    private func run(_ command: @escaping @Sendable () async -> CommandOutcome) async -> CommandOutcome {
        guard mode == .interactive else { return await command() }
        let task = Task { await command() }
        running.withLock { $0 = task }
        defer { running.withLock { $0 = nil } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Reports and counts.
    ///
    /// - Returns: what the shell ends with, where it is to end.
    private func judge(_ outcome: CommandOutcome, _ tally: inout ShellTally) -> CommandOutcome? {
        tally.count(outcome)
        if case .outputClosed = outcome { return outcome }
        switch mode {
        case .interactive: report(outcome, at: nil)
        case .script: if outcome.status != 0 { return end(outcome, tally) }
        case .scriptKeepGoing: reportInOneLine(outcome, at: tally.line)
        }
        guard Task.isCancelled else { return nil }
        if mode == .scriptKeepGoing { io.writeError(tally.summary + "\n") }
        return outcome.status == 0 ? .ended(.interrupted) : outcome
    }

    private func end(_ outcome: CommandOutcome, _ tally: ShellTally) -> CommandOutcome {
        report(outcome, at: mode == .interactive ? nil : "line \(tally.line)")
        return outcome
    }

    private func finish(_ tally: ShellTally) -> CommandOutcome {
        guard mode == .scriptKeepGoing else { return .success }
        io.writeError(tally.summary + "\n")
        return tally.failed == 0 ? .success : .ended(.partial)
    }

    private func report(_ outcome: CommandOutcome, at place: String?) {
        guard case .failed(let failure, let ending) = outcome else { return }
        FailureReport(io: io, format: ending.format, color: ending.color)
            .write(failure, prefix: place, reference: ending.reference, debug: ending.debugText)
    }

    private func reportInOneLine(_ outcome: CommandOutcome, at line: Int) {
        switch outcome {
        case .success, .outputClosed: break
        case .failed(let failure, let ending):
            FailureReport(io: io, format: ending.format, color: ending.color).writeLine(failure, prefix: "line \(line)")
        case .ended(let status): io.writeError("line \(line): ended with status \(status.rawValue)\n")
        }
    }
}
