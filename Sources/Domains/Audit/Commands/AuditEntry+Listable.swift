public import Audit
public import CommandKit
import FoundationEssentials
import Kernel

extension AuditEntry: Listable {
    public static let resourceKind = "AuditEntry"

    public static var columns: [Column<AuditEntry>] {
        [
            Column("time", mayShrink: false) { $0.time }, Column("event") { $0.event }, Column("subject", mayShrink: false) { $0.subject },
            Column("actor") { $0.actor }, Column("data") { $0.data.compact },
        ]
    }

    public var identifier: String { id.text }
}
