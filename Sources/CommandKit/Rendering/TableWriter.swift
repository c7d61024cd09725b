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
    private let columns = Item.columns
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
            let titles = columns.map { $0.title.uppercased() }
            widths = Self.widths(of: style.showsHeaders ? waiting + [titles] : waiting, columns: columns, within: style.width)
            self.widths = widths
            if style.showsHeaders {
                let header = line(titles, widths)
                text += (style.color ? Style.bold(header) : header) + "\n"
            }
        }
        for row in waiting { text += line(row, widths) + "\n" }
        waiting.removeAll(keepingCapacity: true)
        return text
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (index, cell) in cells.enumerated() {
            let cut = style.width != nil && columns[index].mayShrink ? TerminalText.truncated(cell, to: widths[index]) : cell
            let isLast = index == cells.count - 1
            if isLast && columns[index].alignment == .leading {
                line += cut
            } else {
                line += TerminalText.padded(cut, to: widths[index], alignment: columns[index].alignment) + (isLast ? "" : "  ")
            }
        }
        return line
    }

    /// The widest cell of each column; on a terminal the widest columns give way until the line fits or each has eight cells left.
    private static func widths(of rows: [[String]], columns: [Column<Item>], within limit: Int?) -> [Int] {
        var widths = columns.indices.map { index in rows.map { TerminalText.width($0[index]) }.max() ?? 0 }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
        while excess > 0 {
            let candidates = widths.indices.filter { columns[$0].mayShrink && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}

/// The few SGR sequences (ECMA-48) that are used.
enum Style {
    static func bold(_ text: String) -> String { "\u{1B}[1m\(text)\u{1B}[0m" }
    static func dim(_ text: String) -> String { "\u{1B}[2m\(text)\u{1B}[0m" }
    static func red(_ text: String) -> String { "\u{1B}[1;31m\(text)\u{1B}[0m" }
}
