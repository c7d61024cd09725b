import FoundationEssentials
import Glibc
import LineEditor
import Synchronization
import Testing

/// readline keeps its state in globals: one editor, one suite, one test after the other.
@Suite(.serialized) struct ReadlineEditorSerialTests {
    private static let terminal = PseudoTerminal()
    private static let historyPath = FileManager.default.temporaryDirectory.appending(path: "saasctl-readline-\(UUID().uuidString)").path
    private static let editor: Result<ReadlineEditor, LineEditorError> = Result { () throws(LineEditorError) in
        // Neither the user's key bindings nor the capabilities of whatever terminal the tests run in.
        setenv("INPUTRC", "/dev/null", 1)
        setenv("TERM", "dumb", 1)
        return try ReadlineEditor(
            name: "saasctl-tests", history: HistoryFile(path: historyPath), input: terminal.device, output: terminal.device
        ) { line, word in
            line.hasPrefix("use ") ? .words([]) : .words(["create", "credit", "list"].filter { $0.hasPrefix(word) })
        }
    }

    /// Types once the prompt is there, and gives back what the editor made of it.
    private func read(typing keys: String) async throws -> LineInput {
        let editor = try Self.editor.get()
        let prompt = "\(UUID().uuidString)> "
        async let line = blocking { try editor.readLine(prompt: prompt) }
        try await Self.terminal.wait(for: prompt)
        Self.terminal.type(keys)
        return try await line
    }

    @Test func readsALine() async throws {
        #expect(try await read(typing: "org list\r") == .line("org list"))
        #expect(try await read(typing: "Zoë 日本\r") == .line("Zoë 日本"))
        #expect(try await read(typing: "\r") == .line(""))
    }

    @Test func keysEditTheLine() async throws {
        #expect(try await read(typing: "lst\u{2}\u{2}i\r") == .line("list"), "Ctrl-B moves back")
        #expect(try await read(typing: "wrong\u{15}right\r") == .line("right"), "Ctrl-U deletes")
    }

    @Test func controlDEndsTheInput() async throws {
        #expect(try await read(typing: "\u{4}") == .endOfInput)
    }

    @Test func tabCompletes() async throws {
        #expect(try await read(typing: "org l\t\r") == .line("org list "))
        #expect(try await read(typing: "org cre\t\u{15}x\r") == .line("x"), "two proposals, nothing chosen")
        #expect(try await read(typing: "use l\t\r") == .line("use l"))
    }

    @Test func rememberedLinesComeBack() async throws {
        let editor = try Self.editor.get()
        try editor.remember("org get acme")
        try editor.remember("org get acme")
        try editor.remember(" org get hidden")
        try editor.remember("session login --password secret")
        #expect(try await read(typing: "\u{10}\r") == .line("org get acme"), "Ctrl-P recalls")
        #expect(try HistoryFile(path: Self.historyPath).load() == ["org get acme"])
    }

    @Test func anInterruptGivesUpTheLine() async throws {
        let editor = try Self.editor.get()
        let prompt = "\(UUID().uuidString)> "
        async let line = blocking { try editor.readLine(prompt: prompt) }
        try await Self.terminal.wait(for: prompt)
        Self.terminal.type("half a li")
        try await Self.terminal.wait(for: "half a li")
        // The prompt is there, so the handler is.
        kill(getpid(), SIGINT)
        #expect(try await line == .interrupted)
        #expect(try await read(typing: "whole\r") == .line("whole"), "nothing is left of the line")
    }

    @Test func anotherThreadCanInterruptTheWait() async throws {
        let editor = try Self.editor.get()
        editor.interrupt()
        #expect(try await read(typing: "not affected\r") == .line("not affected"), "nobody was waiting")
        let prompt = "\(UUID().uuidString)> "
        async let line = blocking { try editor.readLine(prompt: prompt) }
        try await Self.terminal.wait(for: prompt)
        editor.interrupt()
        #expect(try await line == .interrupted)
    }
}
