public import CommandKit
import Dispatch
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
        /// Given to every command as `--org`, before its own flags.
        public var organization: String?
    }

    private struct State {
        var settings = Settings()
        var running: Task<CommandOutcome, Never>?
    }

    private let editor: any LineEditor
    private let io: any TerminalIO
    private let mode: Mode
    private let surroundings: CommandOutcome.Surroundings
    private let prompt: @Sendable (Settings) -> String
    private let execute: @Sendable ([String]) async -> CommandOutcome
    private let state = Mutex(State())
    /// The editor blocks its thread, which must not be one of those that Swift's tasks share.
    private let editing = DispatchQueue(label: "saasctl.shell.editing")

    /// - Parameter io: for what the shell itself says; results are written by the commands.
    /// - Parameter surroundings: how the shell's own failures are reported.
    /// - Parameter execute: runs one command, without reporting its failure.
    public init(
        editor: any LineEditor, io: any TerminalIO, mode: Mode,
        surroundings: CommandOutcome.Surroundings = .init(format: .table, color: false),
        prompt: @escaping @Sendable (Settings) -> String = { _ in "" },
        execute: @escaping @Sendable ([String]) async -> CommandOutcome
    ) {
        self.editor = editor
        self.io = io
        self.mode = mode
        self.surroundings = surroundings
        self.prompt = prompt
        self.execute = execute
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
        while true {
            let input: LineInput
            do {
                input = try await nextLine()
            } catch {
                return end(.failed(error.failure, surroundings), &tally)
            }
            let outcome: CommandOutcome
            switch input {
            case .interrupted:
                if Task.isCancelled { return .ended(.interrupted) }
                continue
            case .endOfInput: return finish(tally)
            case .unusable(let defect):
                tally.line += 1
                outcome = .failed(defect.failure, surroundings)
            case .line(let line):
                tally.line += 1
                remember(line)
                switch await perform(line) {
                case nil: continue
                case .leave: return finish(tally)
                case .outcome(let result): outcome = result
                }
            }
            if let end = judge(outcome, &tally) { return end }
        }
    }

    /// What Ctrl-C does while the shell goes on: cancels the command that runs, or gives up the line that is being typed.
    public func interrupt() {
        if let running = state.withLock({ $0.running }) {
            running.cancel()
        } else {
            editor.interrupt()
        }
    }

    private func nextLine() async throws(LineEditorError) -> LineInput {
        let prompt = prompt(state.withLock { $0.settings })
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<LineInput, LineEditorError>, Never>) in
                editing.async { [editor] in
                    continuation.resume(returning: Result { () throws(LineEditorError) in try editor.readLine(prompt: prompt) })
                }
            }
        } onCancel: {
            editor.interrupt()
        }
        return try result.get()
    }

    private func remember(_ line: String) {
        guard mode == .interactive else { return }
        do {
            try editor.remember(line)
        } catch {
            io.writeError("warning: \(error.failure.message)\n")
        }
    }

    /// What a line came to; `nil` for one without words.
    private enum Effect {
        case outcome(CommandOutcome)
        case leave
    }

    private func perform(_ line: String) async -> Effect? {
        do {
            guard let verb = try ShellVerb(words: ShellWords.split(line)) else { return nil }
            switch verb {
            case .leave: return .leave
            case .useOrganization(let organization):
                state.withLock { $0.settings.organization = organization }
                return .outcome(.success)
            case .help:
                let outcome = await runCommand(["help"])
                guard case .success = outcome else { return .outcome(outcome) }
                try io.write(ShellVerb.helpText)
                return .outcome(outcome)
            case .command(let words):
                let organization = state.withLock { $0.settings.organization }
                return .outcome(await runCommand((organization.map { ["--org=\($0)"] } ?? []) + words))
            }
        } catch let failure as Failure {
            return .outcome(.failed(failure, surroundings))
        } catch TerminalError.outputClosed {
            return .outcome(.outputClosed)
        } catch {
            return .outcome(.failed(FailureMapping().failure(for: error), surroundings))
        }
    }

    /// In a task of its own, which ``interrupt()`` can cancel without ending the shell.
    private func runCommand(_ words: [String]) async -> CommandOutcome {
        guard mode == .interactive else { return await execute(words) }
        let task = Task { [execute] in await execute(words) }
        state.withLock { $0.running = task }
        defer { state.withLock { $0.running = nil } }
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
        case .script: if outcome.status != 0 { return end(outcome, &tally) }
        case .scriptKeepGoing: reportInOneLine(outcome, at: tally.line)
        }
        guard Task.isCancelled else { return nil }
        return outcome.status == 0 ? .ended(.interrupted) : outcome
    }

    private func end(_ outcome: CommandOutcome, _ tally: inout ShellTally) -> CommandOutcome {
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
