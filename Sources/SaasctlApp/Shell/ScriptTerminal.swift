public import CommandKit
import Kernel

/// The streams for the commands of a script: standard input holds the script's next lines, which no command may take for its own input.
public struct ScriptTerminal: TerminalIO {
    private let base: any TerminalIO

    public init(_ base: any TerminalIO) {
        self.base = base
    }

    public var stdinIsTerminal: Bool { false }
    public var stdoutIsTerminal: Bool { base.stdoutIsTerminal }
    public var stderrIsTerminal: Bool { base.stderrIsTerminal }
    public var width: Int { base.width }

    public func write(_ text: String) throws(TerminalError) { try base.write(text) }
    public func writeError(_ text: String) { base.writeError(text) }
    public func readLine() throws(TerminalError) -> String? { throw .inputTaken }
    public func readAll(limit: Int) throws(TerminalError) -> [UInt8] { throw .inputTaken }
    public func prompt(_ question: String) throws(TerminalError) -> String? { throw .inputTaken }
    public func promptWithoutEcho(_ question: String) throws(TerminalError) -> String? { throw .inputTaken }
}
