public import CommandKit
import FoundationEssentials
import Kernel
public import Organization
import OrganizationEvents

extension Saga: Listable {
    public static let resourceKind = "Saga"

    public static var columns: [Column<Saga>] {
        [
            Column("id", mayShrink: false) { $0.id }, Column("type") { $0.type.rawValue },
            Column("organization", mayShrink: false) { $0.organizationId }, Column("state") { $0.state.rawValue },
            Column("started at") { $0.startedAt }, Column("grace ends at") { $0.graceEndsAt },
        ]
    }

    public var identifier: String { id.text }
}

extension SagaReport: Renderable {
    public static let resourceKind = "Saga"

    public static var fields: [Column<SagaReport>] { [] }

    public var identifier: String { id.text }

    public var plainText: String? {
        let lines = [
            ("id", id.text), ("type", type.rawValue), ("organization", organizationId.text), ("state", state.rawValue),
            ("started at", startedAt.description), ("grace ends at", graceEndsAt.description), ("ended at", endedAt?.description ?? "-"),
        ]
        let widest = (lines.map(\.0) + steps.map(\.title)).map { TerminalText.width($0) }.max() ?? 0
        return (lines + steps.map { ($0.title, $0.line) }).map {
            TerminalText.padded("\($0):", to: widest + 1) + "  " + TerminalText.printable($1) + "\n"
        }.joined()
    }
}

extension SagaStep {
    fileprivate var title: String { "step \(number)" }

    /// `billing cancel_subscription: done at …, after 2 attempts that failed (SUBSCRIPTION_EXISTS)`
    fileprivate var line: String {
        let what = "\(isUndo ? "undo " : "")\(service) \(action.rawValue): \(state.rawValue)"
        let when = endedAt.map { " at \($0)" } ?? " (asked at \(requestedAt))"
        let refusals =
            attempts == 0 ? "" : ", \(attempts) \(attempts == 1 ? "attempt" : "attempts") failed" + (error.map { " (\($0))" } ?? "")
        return what + when + refusals
    }
}
