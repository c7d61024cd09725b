public import ArgumentParser
import Kernel

/// How much an operation wants to be sure of.
public enum ConfirmationLevel: Sendable, Hashable {
    /// Nothing is asked.
    case mild
    /// Yes or no, or `--yes`.
    case moderate
    /// The name of what will be lost is typed, or given with `--confirm`.
    case severe(name: String)
}

/// The flag of commands that want a name typed.
public struct ConfirmOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("The name of what will be lost, instead of typing it when asked.", valueName: "name"))
    public var confirm: String?

    public init() {}
}

/// Asks before something is done that is hard to undo.
public struct Confirmation: Sendable {
    private let io: any TerminalIO
    /// Whether there is somebody to ask.
    let mayAsk: Bool
    private let saysYes: Bool

    /// - Parameter mayAsk: false under `--no-input`; a terminal is needed besides.
    /// - Parameter saysYes: whether `--yes` was given.
    public init(io: any TerminalIO, mayAsk: Bool, saysYes: Bool) {
        self.io = io
        self.mayAsk = mayAsk && io.stdinIsTerminal && io.stderrIsTerminal
        self.saysYes = saysYes
    }

    /// Returns when the operation may go ahead.
    ///
    /// - Parameter operation: what is about to happen, to complete a sentence: `delete organization "acme"`.
    /// - Parameter confirm: the value of `--confirm`, for severe operations.
    /// - Throws: `Failure` with `CONFIRMATION_NEEDED` (exit 6) where the answer is no or nobody can be asked, naming the flag.
    public func obtain(_ level: ConfirmationLevel, to operation: String, confirm: String? = nil) throws {
        switch level {
        case .mild: return
        case .moderate:
            if saysYes { return }
            guard mayAsk else { throw needed(operation, "add --yes") }
            let answer = try io.prompt("\(TerminalText.printable(operation))? [y/N] ")
            guard ["y", "yes"].contains((answer ?? "").trimmed.lowercased()) else {
                throw Failure(.confirmationNeeded, "not confirmed; nothing was changed")
            }
        case .severe(let name):
            if let confirm {
                guard confirm == name else {
                    throw Failure(
                        .confirmationNeeded, "--confirm says \"\(confirm)\", but this would \(operation)",
                        hint: "add --confirm \(ShellWords.quoted(name))")
                }
                return
            }
            guard mayAsk else { throw needed(operation, "add --confirm \(ShellWords.quoted(name))") }
            let answer = try io.prompt("this will \(TerminalText.printable(operation)); type \(TerminalText.printable(name)) to go on: ")
            guard (answer ?? "").trimmed == name else {
                throw Failure(.confirmationNeeded, "not confirmed; nothing was changed")
            }
        }
    }

    private func needed(_ operation: String, _ hint: String) -> Failure {
        Failure(.confirmationNeeded, "confirmation is needed to \(operation)", hint: hint)
    }
}
