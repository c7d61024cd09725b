public import Audit
public import CommandKit
import Kernel

extension AuditVerification: Renderable {
    public static let resourceKind = "AuditVerification"

    public static var fields: [Column<AuditVerification>] { [] }

    public var plainText: String? {
        var lines = ["entries:    \(entries)" + (withoutLeaf > 0 ? ", \(withoutLeaf) of them without a leaf yet" : "")]
        lines.append("tree:       \(treeSize) leaves" + (rootHash.map { ", root \($0)" } ?? ""))
        lines.append("heads:      \(heads)")
        if let keptHeads {
            let proof = consistency.map { ", and \($0.from) leaves are the beginning of \($0.to)" } ?? ""
            lines.append("kept heads: \(keptHeads)\(proof)")
        }
        for source in completeness ?? [] {
            let lost = source.lost > 0 ? ", \(source.lost) lost" : ""
            lines.append(
                "outbox:     \(source.source): \(source.entries) entries, \(source.events) events, \(source.dropped) dropped\(lost)")
        }
        lines.append("findings:   \(findingCount)")
        lines += findings.map { "  \($0.kind.rawValue): \($0.message)" }
        if findingCount > findings.count { lines.append("  and \(findingCount - findings.count) more") }
        return lines.map { TerminalText.printable($0) + "\n" }.joined()
    }

    public var identifier: String { rootHash ?? "-" }
}
