import CommandKit
import Dispatch
import Kernel
import LineEditor
import Synchronization

/// Where the shell's steps come from: reads a line, splits it, understands it, and prepares its command.
final class ShellSource: Sendable {
    private struct State {
        var settings = Shell.Settings()
        var line = 0
    }

    let editor: any LineEditor
    private let isInteractive: Bool
    private let prompt: @Sendable (Shell.Settings) -> String
    private let prepare: @Sendable ([String], [String]) -> @Sendable () async -> CommandOutcome
    private let state = Mutex(State())
    /// The editor blocks its thread, which must not be one of those that Swift's tasks share.
    private let editing = DispatchQueue(label: "saasctl.shell.editing")

    init(
        editor: any LineEditor, isInteractive: Bool, prompt: @escaping @Sendable (Shell.Settings) -> String,
        prepare: @escaping @Sendable (_ flags: [String], _ words: [String]) -> @Sendable () async -> CommandOutcome
    ) {
        self.editor = editor
        self.isInteractive = isInteractive
        self.prompt = prompt
        self.prepare = prepare
    }

    /// Waits for the next line. One caller at a time; cancelled, it returns `interrupted`.
    func next() async -> ShellStep {
        let input: LineInput
        do {
            input = try await nextLine()
        } catch {
            return ShellStep(line: state.withLock { $0.line }, action: .broken(error))
        }
        switch input {
        case .interrupted: return ShellStep(line: state.withLock { $0.line }, action: .interrupted)
        case .endOfInput: return ShellStep(line: state.withLock { $0.line }, action: .end)
        case .unusable(let defect): return ShellStep(line: countLine(), action: .refuse(defect.failure))
        case .line(let text):
            let line = countLine()
            let warning = remember(text)
            do throws(Failure) {
                return ShellStep(line: line, action: try action(for: text), warning: warning)
            } catch {
                return ShellStep(line: line, action: .refuse(error), warning: warning)
            }
        }
    }

    private func countLine() -> Int {
        state.withLock { state in
            state.line += 1
            return state.line
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

    /// - Returns: why the line is not in the history, where it should be.
    private func remember(_ line: String) -> String? {
        guard isInteractive else { return nil }
        do {
            try editor.remember(line)
            return nil
        } catch {
            return error.failure.message
        }
    }

    private func action(for line: String) throws(Failure) -> ShellStep.Action {
        switch try ShellVerb(words: ShellWords.split(line)) {
        case nil: return .nothing
        case .leave: return .end
        case .help: return .help(prepare([], ["help"]))
        case .useOrganization(let organization):
            state.withLock { $0.settings.organization = organization }
            return .run { .success }
        case .command(let words):
            let organization = state.withLock { $0.settings.organization }
            return .run(prepare(organization.map { ["--org=\($0)"] } ?? [], words))
        }
    }
}
