import FoundationEssentials
import Kernel

/// On which side of its column a text stands.
public enum ColumnAlignment: Sendable, Hashable {
    case leading
    /// For numbers and money.
    case trailing
}

/// One column of a list, or one line of a single object: a title and how to get the text out of a value.
public struct Column<Row>: Sendable {
    /// Lower-case words: `created at`. A table shows it in upper case.
    public let title: String
    public let alignment: ColumnAlignment
    /// Whether a terminal that is too narrow may cut this column; identifiers stay whole.
    public let mayShrink: Bool
    /// The text, with everything escaped that a terminal would obey; `-` for no value.
    let text: @Sendable (Row) -> String

    /// - Parameter value: what to show; `nil` shows as `-`. UUIDs are shown in lower case.
    public init<Value: CustomStringConvertible & SendableMetatype>(
        _ title: String, alignment: ColumnAlignment = .leading, mayShrink: Bool = true, _ value: @escaping @Sendable (Row) -> Value?
    ) {
        self.title = title
        self.alignment = alignment
        self.mayShrink = mayShrink
        text = { row in
            guard let value = value(row) else { return "-" }
            if let id = value as? UUID { return id.text }
            return TerminalText.printable(value.description)
        }
    }
}
