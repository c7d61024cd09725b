import ArgumentParser
import CommandKit
import Configuration
import FoundationEssentials
import Kernel
import LineEditor

struct ReplCommand: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl", abstract: "Run commands one after the other on open connections.",
        discussion: """
            At a terminal: a console with history and completion, where commands are typed without "saasctl". With anything else on standard \
            input: a script, which stops at the first error with that error's status.

            Example: saasctl repl --keep-going < commands.txt
            """)

    @Flag(help: "In a script, report failing lines by number and go on; exits 9 where there were any.")
    var keepGoing = false

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let profile = try context.services.profile()
        let isInteractive = context.io.stdinIsTerminal && context.io.stdoutIsTerminal && !global.noInput
        let io: any TerminalIO = isInteractive ? context.io : ScriptTerminal(context.io)
        let runner = Application(io: io, environment: context.environment).runner
        // The flags of the console hold for every line in it, unless the line says otherwise.
        let flags = context.invocation.given
        let shell = Shell(
            editor: try editor(isInteractive: isInteractive, profile: profile, context), io: context.io,
            mode: isInteractive ? .interactive : keepGoing ? .scriptKeepGoing : .script, surroundings: runner.surroundings(of: flags),
            prompt: { Self.prompt(profile, $0, color: context.color) }, prepare: { runner.prepared($1, defaults: flags + $0) })
        guard isInteractive else { return try await shell.run() }
        try await Signals.intercepting(interrupt: { shell.interrupt() }) { try await shell.run() }
    }

    private func editor(isInteractive: Bool, profile: Profile, _ context: CommandContext) throws -> any LineEditor {
        guard isInteractive else { return PlainLineReader() }
        let completer = try CommandCompleter(root: RootCommand.self)
        return try ReadlineEditor(name: "saasctl", history: Self.history(of: profile, environment: context.environment)) { line, word in
            completer.complete(line: line, word: word)
        }
    }

    /// A history of its own for each profile: what was typed against production does not turn up in the sandbox.
    private static func history(of profile: Profile, environment: [String: String]) throws -> HistoryFile? {
        let state =
            environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? environment["HOME"].map { "\($0)/.local/state" }
        guard let state else { return nil }
        let folder = "\(state)/saasctl"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let name = String(profile.name.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : "_" })
        return HistoryFile(path: "\(folder)/history-\(name)")
    }

    private static func prompt(_ profile: Profile, _ settings: Shell.Settings, color: Bool) -> String {
        let place = profile.name + (settings.organization.map { "/\($0)" } ?? "")
        let text = "\(TerminalText.printable(place))\(profile.protected ? " PROTECTED" : "")> "
        // readline counts what stands between \u{1} and \u{2} as taking no room (RL_PROMPT_START_IGNORE).
        return color && profile.protected ? "\u{1}\u{1B}[1;31m\u{2}\(text)\u{1}\u{1B}[0m\u{2}" : text
    }
}
