import Kernel

/// What is said on standard error beside the result and is no error.
enum NoticeLine {
    /// - Returns: one line: plain text, or an object of its own where a program reads the result, and so maybe this too.
    static func text(_ message: String, _ format: OutputFormat) -> String {
        guard format.isMachineReadable else { return TerminalText.printable(message) + "\n" }
        let members: [(key: String, value: OrderedJSON)] = [
            ("schema", .string(JSONWriter.schema)), ("kind", .string("Notice")), ("message", .string(message)),
        ]
        return OrderedJSON.object(members).text(pretty: false) + "\n"
    }
}
