import Glibc
import Testing

@testable import CommandKit

@Suite struct SystemTerminalTests {
    /// Lends the two ends of a pipe.
    private func withPipe(_ body: (_ output: Int32, _ input: Int32) async throws -> Void) async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try await body(ends[0], ends[1])
    }

    private func send(_ text: String, to descriptor: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    @Test func aReaderThatHasGoneIsNoOtherFailure() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let terminal = SystemTerminal(output: ends[1])
        #expect(throws: TerminalError.outputClosed) { try terminal.write("x") }
    }

    @Test func aFullDiskIsAFailure() throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(throws: TerminalError.writeFailed(errno: ENOSPC)) { try SystemTerminal(output: full).write("x") }
    }

    @Test func aLineIsReadAndNothingBehindIt() async throws {
        try await withPipe { (output, input) throws in
            send("first\r\nsecond\nrest", to: input)
            let terminal = SystemTerminal(input: output)
            #expect(try terminal.readLine() == "first")
            var byte: UInt8 = 0
            #expect(Glibc.read(output, &byte, 1) == 1 && byte == UInt8(ascii: "s"))
            #expect(try terminal.readLine() == "econd")
        }
    }

    @Test func allOfTheInputIsReadUpToALimit() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        send("0123456789", to: ends[1])
        close(ends[1])
        let terminal = SystemTerminal(input: ends[0])
        #expect(throws: TerminalError.inputTooLong(limit: 9)) { try terminal.readAll(limit: 9) }
        #expect(try terminal.readAll(limit: 9) == [])
        #expect(try terminal.readLine() == nil)
    }

    @Test func aQuestionEndsWithTheTask() async throws {
        try await withPipe { output, _ in
            let nowhere = open("/dev/null", O_WRONLY)
            defer { close(nowhere) }
            let terminal = SystemTerminal(input: output, errors: nowhere)
            let question = Task { try terminal.prompt("sure? ") }
            question.cancel()
            await #expect(throws: TerminalError.interrupted) { try await question.value }
        }
    }

    @Test func aSecretIsNotShown() async throws {
        let screen = PseudoTerminal()
        let terminal = SystemTerminal(input: screen.device, output: screen.device, errors: screen.device)
        #expect(terminal.stdinIsTerminal && terminal.stdoutIsTerminal && terminal.stderrIsTerminal)
        // The question is shown before the echo is off, and typing before that would be flushed; the mode is what can be waited for.
        async let secret = blocking { try terminal.promptWithoutEcho("password: ") }
        try await screen.wait(for: "password: ")
        await screen.waitUntilSilent()
        screen.type("pässx\u{7F}wort\r")
        #expect(try await secret == "pässwort")
        send("done", to: screen.device)
        #expect(try await screen.wait(for: "done") == "\r\n")
    }

    @Test(arguments: [
        ("half\u{3}", TerminalError?.some(.interrupted), String?.none), ("\u{4}", nil, nil), ("wrong\u{15}right\r", nil, "right"),
    ])
    func keysEndOrChangeASecret(_ keys: String, _ error: TerminalError?, _ expected: String?) async throws {
        let screen = PseudoTerminal()
        async let secret = blocking { Result { () throws(TerminalError) in try HiddenInput.line(from: screen.device) } }
        await screen.waitUntilSilent()
        screen.type(keys)
        switch try await secret {
        case .success(let text): #expect(error == nil && text == expected)
        case .failure(let failure): #expect(failure == error)
        }
    }
}
