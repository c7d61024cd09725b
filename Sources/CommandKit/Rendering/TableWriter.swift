/// Aligned columns for a list, aligned lines of `title: value` for one object.
struct TableWriter: FormatWriter {
    let showsHeaders: Bool
    let color: Bool
    /// Columns of the terminal; `nil` where the reader is none, and nothing is cut.
    let width: Int?

    func object<Value: Renderable>(_ value: Value, to io: any TerminalIO) throws {
        if let text = value.plainText { return try io.write(text) }
        let labels = Value.fields.map { $0.title + ":" }
        let widest = labels.map(TerminalText.width).max() ?? 0
        var text = ""
        for (label, field) in zip(labels, Value.fields) {
            let padded = TerminalText.padded(label, to: widest)
            text += (color ? Style.dim(padded) : padded) + "  " + field.text(value) + "\n"
        }
        try io.write(text)
    }

    func list<Item: Listable>(of type: Item.Type) -> any ListLines<Item> {
        TableLines<Item>(style: self)
    }
}

/// The first rows decide how wide the columns are; later ones may push their neighbours aside.
private final class TableLines<Item: Listable>: ListLines {
    private static var rowsThatDecide: Int { 1_000 }

    private let style: TableWriter
    private var columns = Item.columns
    private var waiting: [[String]] = []
    private var widths: [Int]?

    init(style: TableWriter) {
        self.style = style
    }

    func append(_ items: [Item]) -> String {
        waiting += items.map { item in columns.map { $0.text(item) } }
        return widths != nil || waiting.count >= Self.rowsThatDecide ? flush() : ""
    }

    func finish(next: String?) -> String {
        waiting.isEmpty ? "" : flush()
    }

    private func flush() -> String {
        var text = ""
        let widths: [Int]
        if let known = self.widths {
            widths = known
        } else {
            // On a terminal a drawing for which there was no room has no title either.
            if style.width != nil, columns.count > 1, waiting.allSatisfy({ $0.last?.isEmpty == true }) { columns.removeLast() }
            widths = ColumnWidths(of: columns, waiting, showsHeaders: style.showsHeaders).within(style.width)
            self.widths = widths
            if style.showsHeaders {
                let header = line(columns.map { $0.title.uppercased() }, widths, isHeader: true)
                text += (style.color ? Style.bold(header) : header) + "\n"
            }
        }
        for row in waiting { text += line(Array(row.prefix(columns.count)), widths) + "\n" }
        waiting.removeAll(keepingCapacity: true)
        return text
    }

    private func line(_ cells: [String], _ widths: [Int], isHeader: Bool = false) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            // Half a number is another number.
            let mayBeCut = style.width != nil && columns[index].mayShrink && (isHeader || columns[index].alignment == .leading)
            let cut = mayBeCut ? TerminalText.truncated(cell, to: widths[index]) : cell
            line += TerminalText.padded(cut, to: widths[index], alignment: columns[index].alignment) + "  "
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

/// The few SGR sequences (ECMA-48) that are used.
enum Style {
    static func bold(_ text: String) -> String { "\u{1B}[1m\(text)\u{1B}[0m" }
    static func dim(_ text: String) -> String { "\u{1B}[2m\(text)\u{1B}[0m" }
    static func red(_ text: String) -> String { "\u{1B}[1;31m\(text)\u{1B}[0m" }
}
