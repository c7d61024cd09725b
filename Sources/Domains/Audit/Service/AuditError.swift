public import FoundationEssentials
public import Kernel

/// What is wrong with the audit log, or with a question about it.
public enum AuditError: DomainError, Equatable {
    case treeHeadDamaged(size: Int64)
    /// Rows of leaves contradict each other.
    case leavesDamaged(leaf: Int64)
    /// No head has been stored yet.
    case empty
    case unknownEvent(UUID)
    /// The entry has no place in the tree.
    case noLeaf(UUID)
    /// The stored tree does not give the proof of a leaf.
    case unprovable(leaf: Int64)
    /// A head of the log that was signed before is not part of it.
    case headContradicted(size: Int64)

    public var failure: Failure {
        switch self {
        case .treeHeadDamaged(let size):
            Failure(ErrorCode("AUDIT_TREE_DAMAGED", .pending), "the stored tree head of size \(size) does not fit its size")
        case .leavesDamaged(let leaf):
            Failure(ErrorCode("AUDIT_TREE_DAMAGED", .pending), "the stored leaves from \(leaf) on contradict each other")
        case .empty:
            Failure(
                ErrorCode("AUDIT_EMPTY", .notFound), "the audit log has no tree yet",
                hint: "saasctl worker run --once brings events and makes it")
        case .unknownEvent(let id):
            Failure(
                ErrorCode("AUDIT_ENTRY_NOT_FOUND", .notFound), "event \"\(id.text)\" is not in the audit log",
                hint: "saasctl worker run --once, if it was published just now")
        case .noLeaf(let id):
            Failure(
                ErrorCode("AUDIT_ENTRY_WITHOUT_LEAF", .pending),
                "event \"\(id.text)\" is in the audit log and has no place in its tree yet",
                hint: "saasctl worker run --once")
        case .unprovable(let leaf):
            Failure(
                ErrorCode("AUDIT_TREE_DAMAGED", .pending), "the stored tree has no proof of leaf \(leaf)", hint: "saasctl audit verify")
        case .headContradicted(let size):
            Failure(
                ErrorCode("AUDIT_HEAD_CONTRADICTED", .pending),
                "the head of size \(size), which was signed before, is not the log's any more; nothing was signed",
                hint: "saasctl audit verify --against FILE")
        }
    }
}
