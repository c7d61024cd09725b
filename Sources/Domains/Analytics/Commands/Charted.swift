import CommandKit
import Kernel

/// Figures that are shown with a drawing beside them. The drawing and the label are for people: formats for programs have the figures alone.
struct Charted<Value: Figures>: Listable {
    static var resourceKind: String { Value.resourceKind }
    static var columns: [Column<Charted>] { Value.columns }

    let value: Value
    /// What the figures are of: a day, a project's key, an organization.
    let label: String
    let chart: String
    let identifier: String

    /// - Parameter identifier: `nil` for the label.
    init(_ value: Value, label: String, chart: String, identifier: String? = nil) {
        self.value = value
        self.label = label
        self.chart = chart
        self.identifier = identifier ?? label
    }

    /// The same with a drawing.
    func drawn(_ chart: String) -> Charted {
        Charted(value, label: label, chart: chart, identifier: identifier)
    }

    init(from decoder: any Decoder) throws {
        self.init(try Value(from: decoder), label: "", chart: "")
    }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}

/// What can be ``Charted``.
protocol Figures: Codable, Sendable {
    static var resourceKind: String { get }
    static var columns: [Column<Charted<Self>>] { get }
}

/// Draws numbers in the cells of a terminal.
struct Chart: Sendable {
    /// Cells at most.
    let width: Int
    /// Whether the terminal shows more than ASCII.
    let isUnicode: Bool

    /// As wide as the terminal has room beside the figures; nothing where that is too little. The locale says what it shows, in the order
    /// of setlocale(3).
    init<Value>(_ context: CommandContext, beside lines: [Charted<Value>]) {
        let variables = ["LC_ALL", "LC_CTYPE", "LANG"]
        let locale = variables.compactMap { context.environment[$0] }.first { !$0.isEmpty } ?? ""
        let room = context.renderer.room(atLeast: 8, beside: lines)
        self.init(
            width: min(30, room ?? max(8, context.io.width / 5)),
            isUnicode: locale.uppercased().replacing("-", with: "").contains("UTF8"))
    }

    init(width: Int, isUnicode: Bool) {
        self.width = width
        self.isUnicode = isUnicode
    }

    /// Bars, of which the longest is of the largest number.
    func bars(_ values: [Int64]) -> [String] {
        guard width > 0 else { return values.map { _ in "" } }
        let most = max(1, values.max() ?? 0)
        let steps = Int128(isUnicode ? 8 : 1)
        return values.map { value in
            // What is more than nothing shows.
            let eighths = value > 0 ? Int(max(1, Int128(value) * Int128(width) * steps / Int128(most))) : 0
            guard isUnicode else { return String(repeating: "#", count: eighths) }
            let rest = eighths % 8
            return String(repeating: "█", count: eighths / 8) + (rest == 0 ? "" : String("▏▎▍▌▋▊▉".map { $0 }[rest - 1]))
        }
    }

    /// Numbers in a row, as high as they are; neighbours are added up where there are more than cells.
    func sparkline(_ values: [Int64]) -> String {
        guard width > 0 else { return "" }
        let size = max(1, (values.count + width - 1) / width)
        let sums = stride(from: 0, to: values.count, by: size).map { values[$0..<min($0 + size, values.count)].reduce(0, +) }
        let levels: [Character] = isUnicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : ["_", ".", "-", "=", "+", "*", "#", "@"]
        let most = max(1, sums.max() ?? 0)
        // Nothing is the lowest, and what is more than that shows.
        return String(
            sums.map { sum in
                sum <= 0 ? levels[0] : levels[max(1, Int(Int128(sum) * Int128(levels.count - 1) / Int128(most)))]
            })
    }
}
