/// How many cells of a terminal the columns of a table take.
struct ColumnWidths {
    /// What columns keep when a line does not fit, and what they keep where that makes it fit.
    private static let leasts = [8, 5]

    /// As many as the widest text of each takes, title or not.
    private let whole: [Int]
    /// The same without titles where a column has numbers, and 0 where it may be cut; `nil` where it may not.
    private let kept: [Int?]

    /// - Parameter rows: the cells of each; those beyond the columns do not count.
    init<Item>(of columns: [Column<Item>], _ rows: [[String]], showsHeaders: Bool) {
        let cells = columns.indices.map { index in rows.map { TerminalText.width($0[index]) }.max() ?? 0 }
        whole = zip(columns, cells).map { showsHeaders ? max($1, TerminalText.width($0.title)) : $1 }
        kept = zip(columns, cells).map { $0.mayShrink ? ($0.alignment == .trailing ? $1 : 0) : nil }
    }

    /// On a terminal the widest columns give way until the line fits: texts, and titles above numbers, never the numbers. Where none of
    /// ``leasts`` makes it fit, columns keep the first.
    ///
    /// - Parameter limit: the cells of a line; `nil` where nobody counts them.
    func within(_ limit: Int?) -> [Int] {
        guard let limit else { return whole }
        let tries = Self.leasts.map { narrowed(to: limit, least: $0) }
        return tries.first { Self.line($0) <= limit } ?? tries[0]
    }

    private func narrowed(to limit: Int, least: Int) -> [Int] {
        var widths = whole
        while Self.line(widths) > limit {
            let candidates = widths.indices.filter { index in kept[index].map { widths[index] > max(least, $0) } ?? false }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }

    /// The cells of a line of such columns.
    static func line(_ widths: [Int]) -> Int {
        widths.reduce(0, +) + 2 * max(0, widths.count - 1)
    }
}

extension Renderer {
    /// Cells that a drawing in the last column may have in the line of a terminal; `nil` where nobody counts them.
    ///
    /// As many as the others leave, who give way for the least that is enough; where they cannot, none.
    ///
    /// - Parameter least: what is enough.
    public func room<Item: Listable>(atLeast least: Int, beside items: [Item]) -> Int? {
        guard case .table = format, io.stdoutIsTerminal, let last = Item.columns.last else { return nil }
        let columns = Array(Item.columns.dropLast())
        let rows = items.map { item in columns.map { $0.text(item) } }
        let enough = max(least, showsHeaders ? TerminalText.width(last.title) : 0)
        let beside = ColumnWidths(of: columns, rows, showsHeaders: showsHeaders).within(io.width - enough - 2)
        let room = io.width - 2 - ColumnWidths.line(beside)
        return room >= enough ? room : 0
    }
}
