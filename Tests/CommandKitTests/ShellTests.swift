import CommandKit
import Glibc
import Kernel
import LineEditor
import SaasctlApp
import Synchronization
import TestSupport
import Testing

@Suite struct ShellTests {
    /// What a run of the shell came to.
    private struct Run {
        let status: Int32
        let commands: [[String]]
        let io: CapturedTerminal
    }

    private func run(_ lines: [LineInput], mode: Shell.Mode = .script) async -> Run {
        let io = CapturedTerminal()
        let commands = Mutex<[[String]]>([])
        let shell = Shell(editor: ScriptedEditor(lines), io: io, mode: mode) { words in
            commands.withLock { $0.append(words) }
            switch words.last {
            case "missing": return .failed(Failure(FakeErrors.missing, "it is missing", hint: "look"), .init(format: .table, color: false))
            case "conflict": return .failed(FakeErrors.domain.failure, .init(format: .table, color: false))
            case "pending": return .ended(.pending)
            case "closed": return .outputClosed
            default: return .success
            }
        }
        return Run(status: await status(of: shell), commands: commands.withLock { $0 }, io: io)
    }

    /// The status that the process would end with.
    private func status(of shell: Shell) async -> Int32 {
        do {
            try await shell.run()
            return 0
        } catch let exit as SilentExit {
            return exit.status.rawValue
        } catch {
            return error as? TerminalError == .outputClosed ? 141 : -1
        }
    }

    @Test func runsLinesUntilTheEnd() async {
        let run = await run([.line("org list"), .line(""), .line("# nothing"), .line("saasctl org create 'Acme GmbH'")])
        #expect(run.status == 0)
        #expect(run.commands == [["org", "list"], ["org", "create", "Acme GmbH"]])
        #expect(run.io.errors.isEmpty && run.io.output.isEmpty)
    }

    @Test func aScriptStopsAtTheFirstErrorWithItsStatus() async {
        let run = await run([.line("fine"), .line("# comment"), .line("missing"), .line("never")])
        #expect(run.status == 3)
        #expect(run.commands == [["fine"], ["missing"]])
        #expect(run.io.errors == "line 3: error: it is missing\n  try: look\n  code: ORG_NOT_FOUND\n")
    }

    @Test func aScriptThatKeepsGoingReportsEachErrorAndCounts() async {
        let run = await run(
            [
                .line("fine"), .line(""), .line("missing"), .line("'open"), .unusable(.notUTF8), .line("pending"), .line("conflict"),
                .line("conflict"),
                .line("fine"),
            ], mode: .scriptKeepGoing)
        #expect(run.status == 9)
        #expect(
            run.io.errors == """
                line 3: error: it is missing  code: ORG_NOT_FOUND
                line 4: error: a quote (') is not closed  code: USAGE
                line 5: error: the line is not valid UTF-8  code: USAGE
                line 6: ended with status 8
                line 7: error: organization "acme" exists already  code: ORG_EXISTS
                line 8: error: organization "acme" exists already  code: ORG_EXISTS
                8 commands: 2 succeeded, 6 failed (2 ORG_EXISTS, 2 USAGE, 1 ORG_NOT_FOUND, 1 STATUS_8)

                """)
    }

    @Test func aScriptWithoutErrorsSaysHowMuchItDid() async {
        let run = await run([.line("fine"), .line("fine")], mode: .scriptKeepGoing)
        #expect(run.status == 0)
        #expect(run.io.errors == "2 commands: 2 succeeded, 0 failed\n")
    }

    @Test func atATerminalItGoesOnAfterErrors() async {
        let run = await run([.line("missing"), .interrupted, .line("fine"), .line("exit"), .line("never")], mode: .interactive)
        #expect(run.status == 0)
        #expect(run.commands == [["missing"], ["fine"]])
        #expect(run.io.errors == "error: it is missing\n  try: look\n  code: ORG_NOT_FOUND\n")
    }

    @Test func useOrgHoldsForTheLinesAfterIt() async {
        let run = await run([.line("use org acme"), .line("org list --org beta"), .line("use org"), .line("org list")])
        #expect(run.commands == [["--org=acme", "org", "list", "--org", "beta"], ["org", "list"]])
        #expect(await self.run([.line("use")]).status == 64)
    }

    @Test func helpNamesTheShellsOwnWords() async {
        let run = await run([.line("help"), .line("help org")])
        #expect(run.commands == [["help"], ["help", "org"]])
        #expect(run.io.output.contains("use org <organization>"))
    }

    @Test func endsWhereTheReaderHasGone() async {
        let run = await run([.line("closed"), .line("never")], mode: .scriptKeepGoing)
        #expect(run.status == 141)
        #expect(run.commands.count == 1)
    }

    @Test func interruptCancelsTheCommandAndNotTheShell() async {
        let shell = Mutex<Shell?>(nil)
        let made = Shell(editor: ScriptedEditor([.line("stall"), .line("fine")]), io: CapturedTerminal(), mode: .interactive) { words in
            guard words == ["stall"] else { return .success }
            shell.withLock { $0 }?.interrupt()
            while !Task.isCancelled { await Task.yield() }
            return .failed(Failure(.interrupted, "interrupted"), .init(format: .table, color: false))
        }
        shell.withLock { $0 = made }
        #expect(await status(of: made) == 0)
    }

    @Test func aCancelledScriptEndsAfterTheLineInHand() async {
        let commands = Mutex(0)
        let shell = Shell(editor: ScriptedEditor([.line("one"), .line("two")]), io: CapturedTerminal(), mode: .scriptKeepGoing) { _ in
            commands.withLock { $0 += 1 }
            while !Task.isCancelled { await Task.yield() }
            return .failed(Failure(.terminated, "terminated"), .init(format: .table, color: false))
        }
        let task = Task { await status(of: shell) }
        task.cancel()
        #expect(await task.value == 143)
        #expect(commands.withLock { $0 } == 1)
    }

    @Test func aCancelledShellDoesNotWaitForItsNextLine() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (output, input) = (ends[0], ends[1])
        defer {
            close(output)
            close(input)
        }
        let shell = Shell(editor: PlainLineReader(descriptor: output), io: CapturedTerminal(), mode: .script) { _ in .success }
        let task = Task { await status(of: shell) }
        task.cancel()
        #expect(await task.value == 130)
    }

    @Test(.hangLimit) func aScriptPreparesTheNextLineWhileOneRuns() async {
        let isPrepared = Mutex(false)
        let shell = Shell(editor: ScriptedEditor([.line("one"), .line("two")]), io: CapturedTerminal(), mode: .script) { _, words in
            isPrepared.withLock { $0 = words == ["two"] }
            return {
                while words == ["one"] && !isPrepared.withLock({ $0 }) { await Task.yield() }
                return .success
            }
        }
        #expect(await status(of: shell) == 0)
    }

    @Test func aHistoryThatCannotBeWrittenKeepsNothingFromRunning() async {
        let io = CapturedTerminal()
        let ran = Mutex(false)
        let editor = ScriptedEditor([.line("org list")], history: .historyFailed(path: "/history", errno: 28))
        let shell = Shell(editor: editor, io: io, mode: .interactive) { _ in
            ran.withLock { $0 = true }
            return .success
        }
        #expect(await status(of: shell) == 0)
        #expect(ran.withLock { $0 })
        #expect(io.errors == "warning: cannot use the history \"/history\": no space left on device\n")
    }

    @Test func commandsOfAScriptCannotReadIt() {
        let io = ScriptTerminal(CapturedTerminal(input: "org list\n", isTerminal: true))
        #expect(throws: TerminalError.inputTaken) { try io.readLine() }
        #expect(throws: TerminalError.inputTaken) { try io.readAll(limit: 10) }
        #expect(!io.stdinIsTerminal && io.stdoutIsTerminal)
    }

    @Test func aLongScriptIsReadToItsEnd() async {
        let lines = (1...2_000).map { LineInput.line($0.isMultiple(of: 200) ? "conflict" : "org create org-\($0) --name 'Name \($0)'") }
        let run = await run(lines, mode: .scriptKeepGoing)
        #expect(run.commands.count == 2_000)
        #expect(run.io.errors.hasSuffix("2000 commands: 1990 succeeded, 10 failed (10 ORG_EXISTS)\n"))
    }
}

extension Shell {
    /// A shell whose commands need no preparation.
    fileprivate convenience init(
        editor: any LineEditor, io: any TerminalIO, mode: Mode, execute: @escaping @Sendable ([String]) async -> CommandOutcome
    ) {
        self.init(editor: editor, io: io, mode: mode, prepare: { flags, words in { await execute(flags + words) } })
    }
}

/// Gives out lines that a test has written.
private final class ScriptedEditor: LineEditor {
    private let lines: Mutex<ArraySlice<LineInput>>

    private let history: LineEditorError?

    init(_ lines: [LineInput], history: LineEditorError? = nil) {
        self.lines = Mutex(lines[...])
        self.history = history
    }

    func readLine(prompt: String) -> LineInput {
        lines.withLock { $0.popFirst() } ?? .endOfInput
    }

    func interrupt() {}
    func remember(_ line: String) throws(LineEditorError) {
        if let history { throw history }
    }
}
