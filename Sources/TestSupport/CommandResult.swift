public import Kernel

/// What a run of the program left: its status and both streams.
public struct CommandResult: Sendable, CustomStringConvertible {
    public let arguments: [String]
    /// The exit status; 128 plus the signal where one ended the program, as a shell has it.
    public let status: Int32
    public let stdout: String
    public let stderr: String

    public init(arguments: [String], status: Int32, stdout: String, stderr: String) {
        self.arguments = arguments
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
    }

    /// Standard output without the last line end.
    public var text: String { stdout.hasSuffix("\n") ? String(stdout.dropLast()) : stdout }

    /// Standard output, line by line.
    public var lines: [String] { stdout.split(separator: "\n").map(String.init) }

    /// Standard output as one JSON document.
    public func json() throws -> JSONValue {
        try JSONValue(parsing: stdout)
    }

    /// All of it, for the message of a test that failed.
    public var description: String {
        "saasctl \(arguments.joined(separator: " "))\nexit status \(status)\n-- stdout --\n\(stdout)-- stderr --\n\(stderr)"
    }
}
