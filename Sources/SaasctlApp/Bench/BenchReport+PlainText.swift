import Bench
import CommandKit

extension BenchReport {
    var plainText: String? {
        let work = follow ? "\(rate ?? 0) commits a second, from commit to effect" : eventText
        let title = "lane \(lane.rawValue), \(work)\(holdsTransaction ? ", a transaction open" : ""), PostgreSQL \(server)\n\n"
        return TerminalText.printableLines(title + Self.table(follow ? latencyRows : rateRows) + "\n" + summaries.map(\.line).joined())
    }

    private var eventText: String {
        let published = turns.map(\.published).max() ?? 0
        return "\(turns.first?.events ?? 0) events" + (published > 0 ? " and \(published) that they lead to" : "")
    }

    private var rateRows: [[String]] {
        [["", "round", "events/s", "seconds", "own us/event", "server us/event", "peak MiB", "chunk p50 ms", "chunk p99 ms"]]
            + turns.map { turn in
                [
                    turn.contender, String(turn.round), Decimal.text(turn.eventsPerSecond, 0), Decimal.text(Double(turn.us) / 1_000_000, 2),
                    Self.perEvent(turn.processUs, turn), Self.perEvent(turn.serverUs, turn), Decimal.mebibytes(turn.peakMemoryKib),
                    Decimal.milliseconds(turn.chunks?.p50), Decimal.milliseconds(turn.chunks?.p99),
                ]
            }
    }

    private var latencyRows: [[String]] {
        [["", "round", "events", "mean ms", "p50", "p90", "p99", "p99.9", "max", "own us/event", "server us/event", "peak MiB"]]
            + turns.map { turn in
                let latency = turn.latency
                let values = [latency?.mean, latency?.p50, latency?.p90, latency?.p99, latency?.p999, latency?.max]
                return [turn.contender, String(turn.round), String(turn.events)] + values.map(Decimal.milliseconds) + [
                    Self.perEvent(turn.processUs, turn), Self.perEvent(turn.serverUs, turn), Decimal.mebibytes(turn.peakMemoryKib),
                ]
            }
    }

    /// Names on the left, numbers to the right of their columns.
    private static func table(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { TerminalText.width($0[column]) }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in String(repeating: " ", count: width - TerminalText.width(cell)) + cell }
            return ([TerminalText.padded(row[0], to: widths[0])] + cells.dropFirst()).joined(separator: "  ") + "\n"
        }.joined()
    }

    private static func perEvent(_ microseconds: Int64?, _ turn: BenchTurn) -> String {
        guard let microseconds, turn.sourceEvents > 0 else { return "-" }
        return Decimal.text(Double(microseconds) / Double(turn.sourceEvents), 2)
    }
}

extension BenchReport.Summary {
    fileprivate var line: String {
        var parts: [String] = []
        if let eventsPerSecond { parts.append("\(Decimal.text(eventsPerSecond, 0)) events/s") }
        if let p50, let p99 { parts.append("p50 \(Decimal.milliseconds(p50)) ms, p99 \(Decimal.milliseconds(p99)) ms") }
        if let lastToFirst { parts.append("last round at \(Decimal.text(lastToFirst, 2)) of the first") }
        if let workerRatio { parts.append("saasctl reaches \(Decimal.text(workerRatio, 2)) of it") }
        if let workerP50Ratio, let workerP99Ratio {
            parts.append("saasctl takes \(Decimal.text(workerP50Ratio, 2)) and \(Decimal.text(workerP99Ratio, 2)) times as long")
        }
        return "\(contender): \(parts.joined(separator: "; "))\n"
    }
}

/// Numbers with a fixed count of decimals.
private enum Decimal {
    static func text(_ value: Double, _ places: Int) -> String {
        let factor = (0..<places).reduce(1) { factor, _ in factor * 10 }
        let scaled = Int((abs(value) * Double(factor)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % factor)
        return "\(sign)\(scaled / factor)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// - Parameter microseconds: `nil` shows as `-`.
    static func milliseconds(_ microseconds: Int64?) -> String { microseconds.map { text(Double($0) / 1_000, 2) } ?? "-" }

    static func mebibytes(_ kibibytes: Int?) -> String { kibibytes.map { text(Double($0) / 1_024, 1) } ?? "-" }
}
