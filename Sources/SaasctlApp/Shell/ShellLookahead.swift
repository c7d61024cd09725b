/// Prepares the next step while one is carried out.
final class ShellLookahead {
    private let source: ShellSource
    private let isOn: Bool
    private var upcoming: Task<ShellStep, Never>?

    /// - Parameter isOn: false to read a line only when it is wanted, as at a terminal, where the prompt comes after the result.
    init(_ source: ShellSource, isOn: Bool) {
        self.source = source
        self.isOn = isOn
    }

    func next() async -> ShellStep {
        let task = upcoming ?? read()
        let step = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        upcoming = nil
        if isOn {
            switch step.action {
            case .end, .broken: break
            case .nothing, .run, .help, .refuse, .interrupted: upcoming = read()
            }
        }
        return step
    }

    /// Gives up the step that is being prepared.
    func abandon() {
        upcoming?.cancel()
    }

    private func read() -> Task<ShellStep, Never> {
        Task { [source] in await source.next() }
    }
}
