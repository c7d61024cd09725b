public import CommandKit
import FoundationEssentials
import Kernel
public import Outbox

extension DeadLetterSummary: Listable {
    public static let resourceKind = "DeadLetter"

    public static var columns: [Column<DeadLetterSummary>] {
        [
            Column("consumer", mayShrink: false) { $0.consumer }, Column("source", mayShrink: false) { $0.source },
            Column("event", mayShrink: false) { $0.id }, Column("type") { $0.type }, Column("aggregate", mayShrink: false) { $0.subject },
            Column("state", mayShrink: false) { $0.state.rawValue }, Column("attempts", alignment: .trailing) { $0.attempts },
            Column("next try", mayShrink: false) { $0.dueAt }, Column("parked behind", alignment: .trailing) { $0.parkedBehind },
            Column("error") { $0.errorCode }, Column("since", mayShrink: false) { $0.since },
        ]
    }

    public var identifier: String { id.text }

    /// What became of it, in a line that is safe to print.
    func line(_ what: String) -> String {
        let behind = parkedBehind == 0 ? "" : ", \(parkedBehind) parked behind it"
        return TerminalText.printable("\(what) \(id.text)  \(type) of \(source) for \(consumer)\(behind)") + "\n"
    }
}

extension DeadLetterRetry: Renderable {
    public static let resourceKind = "DeadLetterRetry"
    public static let fields: [Column<DeadLetterRetry>] = []

    public var plainText: String? {
        let unchanged = unchanged == 0 ? "" : "due already: \(unchanged)\n"
        if letters.isEmpty { return unchanged.isEmpty ? "nothing to retry\n" : unchanged }
        return letters.map { $0.line("due now:") }.joined() + unchanged
    }

    public var identifier: String { letters.map(\.identifier).joined(separator: " ") }
}

extension DeadLetterDiscard: Renderable {
    public static let resourceKind = "DeadLetterDiscard"
    public static let fields: [Column<DeadLetterDiscard>] = []

    public var plainText: String? {
        letters.isEmpty ? "nothing to discard\n" : letters.map { $0.line("discarded:") }.joined()
    }

    public var identifier: String { letters.map(\.identifier).joined(separator: " ") }
}
