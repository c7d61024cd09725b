import CommandKit
import Kernel
import Worker

/// Shows the lanes again and again until the command is cancelled: on a terminal in its place, otherwise one document after the other.
struct StatusWatch {
    let monitor: WorkerMonitor
    let context: CommandContext
    let interval: Duration

    /// The alternate screen of xterm, so that what was on the screen before comes back; the cursor is hidden meanwhile.
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"
    /// To the top; what is left of each line, and below the last, is cleared as it is written: no flicker.
    private static let home = "\u{1B}[H"
    private static let clearLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    private var redraws: Bool { context.io.stdoutIsTerminal && context.output == .table }

    /// - Throws: `TerminalError`; `CancellationError` when it is told to end.
    func run() async throws {
        if redraws { try context.io.write(Self.enter) }
        do {
            while true {
                let status = await monitor.look()
                try Task.checkCancellation()
                try show(status)
                try await Task.sleep(for: interval)
            }
        } catch {
            if redraws { try context.io.write(Self.leave) }
            // A task of its own, since this one is cancelled.
            await Task { [monitor] in await monitor.close() }.value
            // Ending it is how it is meant to end: no word about it.
            if error is CancellationError { throw SilentExit(.interrupted) }
            throw error
        }
    }

    private func show(_ status: WorkerStatus) throws {
        let title = "\(context.clock.now()), every \(DurationText.text(interval))\n\n"
        guard redraws else {
            if context.output == .table { try context.io.write(title) }
            try StatusView(status, showsRate: true).show(context.renderer, context.output, context.io)
            if context.output == .table { try context.io.write("\n") }
            return
        }
        let frame = CapturedTerminal(
            input: "", stdinIsTerminal: false, stdoutIsTerminal: true, stderrIsTerminal: false, width: context.io.width)
        let renderer = Renderer(io: frame, format: .table, showsHeaders: !context.global.noHeaders, color: context.color, isQuiet: true)
        try StatusView(status, showsRate: true).show(renderer, .table, frame)
        let lines = (title + frame.output).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let shown = context.io.height.map { lines.prefix($0) } ?? lines[...]
        try context.io.write(Self.home + shown.joined(separator: Self.clearLine + "\n") + Self.clearLine + Self.clearBelow)
    }
}
