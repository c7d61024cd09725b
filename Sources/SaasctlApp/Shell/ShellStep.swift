import CommandKit
import Kernel
import LineEditor

/// A line, understood.
struct ShellStep: Sendable {
    enum Action: Sendable {
        /// A blank line or a comment.
        case nothing
        case run(@Sendable () async -> CommandOutcome)
        /// Like `run`, then the shell's own help.
        case help(@Sendable () async -> CommandOutcome)
        case refuse(Failure)
        case interrupted
        case broken(LineEditorError)
        case end
    }

    /// The number of the last line that was read, from 1.
    let line: Int
    let action: Action
    /// What went wrong besides, and does not keep the line from being carried out.
    var warning: String?
}
