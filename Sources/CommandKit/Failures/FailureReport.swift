public import FoundationEssentials
public import Kernel

/// Shows a failure on standard error.
public struct FailureReport: Sendable {
    private let io: any TerminalIO
    private let format: OutputFormat
    private let color: Bool

    /// - Parameter color: whether standard error gets colours.
    public init(io: any TerminalIO, format: OutputFormat, color: Bool) {
        self.io = io
        self.format = format
        self.color = color
    }

    /// - Parameter prefix: where it happened, in front of the message: `line 17`.
    /// - Parameter reference: the correlation id, by which everything about the command can be found again.
    /// - Parameter debug: all that is known about the cause, for `--debug`.
    public func write(_ failure: Failure, prefix: String? = nil, reference: UUID? = nil, debug: String? = nil) {
        let text =
            format.isMachineReadable
            ? json(failure, prefix: prefix, reference: reference, debug: debug)
            : lines(failure, prefix: prefix, reference: reference, debug: debug)
        io.writeError(text)
    }

    /// `line 17: error: … code …`: the whole failure in one line, for runs that go on.
    public func writeLine(_ failure: Failure, prefix: String) {
        guard !format.isMachineReadable else { return write(failure, prefix: prefix) }
        io.writeError("\(prefix): \(errorWord): \(TerminalText.printable(failure.message))  code: \(failure.code)\n")
    }

    private var errorWord: String { color ? Style.red("error") : "error" }

    private func lines(_ failure: Failure, prefix: String?, reference: UUID?, debug: String?) -> String {
        var text = prefix.map { "\($0): " } ?? ""
        text += "\(errorWord): \(TerminalText.printable(failure.message))\n"
        for detail in failure.details { text += "  \(TerminalText.printable(detail))\n" }
        if let hint = failure.hint { text += "  try: \(TerminalText.printable(hint))\n" }
        text += "  code: \(failure.code)"
        if let reference { text += "  ref: \(reference.text)" }
        text += "\n"
        if let debug { text += "  cause: \(TerminalText.printableLines(debug))\n" }
        return text
    }

    private func json(_ failure: Failure, prefix: String?, reference: UUID?, debug: String?) -> String {
        var members: [(key: String, value: OrderedJSON)] = [
            ("schema", .string(JSONWriter.schema)), ("kind", .string("Error")), ("code", .string(failure.code.name)),
            ("message", .string(failure.message)), ("hint", failure.hint.map { .string($0) } ?? .null),
        ]
        if !failure.details.isEmpty { members.append(("details", .array(failure.details.map { .string($0) }))) }
        members.append(("exit_status", .integer(Int64(failure.code.exit.rawValue))))
        if let prefix { members.append(("at", .string(prefix))) }
        if let reference { members.append(("ref", .string(reference.text))) }
        if let debug { members.append(("cause", .string(debug))) }
        return OrderedJSON.object(members).text(pretty: false) + "\n"
    }
}
