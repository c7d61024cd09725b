public import FoundationEssentials
public import Kernel

/// The audit log has grown: its Merkle tree has a new head.
public struct AuditHeadPublished: DomainEvent {
    public static let eventType = EventType("saas.audit.head_published", version: 1)
    public static let aggregateType = "audit_log"

    /// The log is one aggregate, and this is its id in every installation.
    public static let logId = UUID(high: 0x019A_0000_0000_7000, low: 0x8000_0000_0000_0001)

    /// The number of leaves, in decimal: it may pass 2^53.
    public let treeSize: String
    /// The root hash (RFC 9162, section 2.1.1), in lower-case hexadecimal.
    public let rootHash: String

    public init(treeSize: Int64, rootHash: String) {
        self.treeSize = String(treeSize)
        self.rootHash = rootHash
    }
}
