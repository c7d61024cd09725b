public import CommandKit
public import Worker

extension ReplayReport: Renderable {
    public static var resourceKind: String { "Replay" }

    public static var fields: [Column<ReplayReport>] { [] }

    public var identifier: String { consumer }

    public var plainText: String? {
        let verdict =
            switch outcome {
            case .equal: "the tables are what \(events) events make of them; nothing was changed"
            case .differs: "dry run: the tables differ from what \(events) events make of them; nothing was changed"
            case .replaced: "the tables are now what \(events) events make of them"
            }
        let width = tables.map(\.name.count).max() ?? 0
        let rows = tables.map { table in
            let name = table.name + String(repeating: " ", count: width - table.name.count)
            return "  \(name)  " + (table.isEqual ? "equal" : Self.counts(table.onlyLive, table.onlyRebuilt, table.differing))
        }
        var lines = ["\(consumer): \(verdict)"] + rows
        if lettersOnlyLive + lettersOnlyRebuilt > 0 {
            lines.append("  dead letters: " + Self.counts(lettersOnlyLive, lettersOnlyRebuilt, 0))
        }
        for lane in lanes where lane.startsHere {
            lines.append("  lane \(consumer)<\(lane.source) " + (outcome == .replaced ? "goes on from here" : "would go on from here"))
        }
        for lane in lanes where lane.setAside > 0 {
            lines.append("  lane \(consumer)<\(lane.source) sets \(lane.setAside) events aside: saasctl dlq list --consumer \(consumer)")
        }
        return lines.map { TerminalText.printable($0) + "\n" }.joined()
    }

    private static func counts(_ live: Int64, _ rebuilt: Int64, _ differing: Int64) -> String {
        [(live, "only live"), (rebuilt, "only rebuilt"), (differing, "differing")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}
