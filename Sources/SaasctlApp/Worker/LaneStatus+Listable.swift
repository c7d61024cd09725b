public import CommandKit
import Kernel
import Outbox
public import Worker

extension LaneStatus: Listable {
    public static var resourceKind: String { "Lane" }

    public static var columns: [Column<LaneStatus>] { columns(with: nil) { $0 } }

    /// - Parameter rate: what `--watch` shows besides.
    static func columns<Row>(with rate: Column<Row>?, _ lane: @escaping @Sendable (Row) -> LaneStatus) -> [Column<Row>] {
        [
            Column("lane", mayShrink: false) { lane($0).name }, Column("state", mayShrink: false) { lane($0).state.rawValue },
            Column("behind", alignment: .trailing, mayShrink: false) { lane($0).behind },
            Column("oldest", alignment: .trailing, mayShrink: false) { row in
                lane(row).oldestAgeMs.map { DurationText.text(.milliseconds($0)) }
            },
            Column("applied", alignment: .trailing, mayShrink: false) { lane($0).applied },
        ] + (rate.map { [$0] } ?? []) + [
            Column("set aside", mayShrink: false) { row in lane(row).deadLetters.flatMap(\.summary) },
            Column("last run") { lane($0).lastRun?.endedAt }, Column("locked by") { lane($0).lockedBy },
            Column("error") { lane($0).error ?? lane($0).lastError ?? lane($0).deadLetterError },
        ]
    }

    public var identifier: String { name }
}

extension DeadLetterCount {
    /// `2 dead, 1 retrying, 40 parked`; `nil` where nothing was set aside.
    var summary: String? {
        let parts = [(dead, "dead"), (retrying, "retrying"), (parked, "parked")].filter { $0.0 > 0 }
        return parts.isEmpty ? nil : parts.map { "\(Self.text($0.0)) \($0.1)" }.joined(separator: ", ")
    }
}
