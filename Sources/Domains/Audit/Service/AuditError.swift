public import Kernel

/// What is wrong with the audit log, or with a question about it.
public enum AuditError: DomainError, Equatable {
    case treeHeadDamaged(size: Int64)

    public var failure: Failure {
        switch self {
        case .treeHeadDamaged(let size):
            Failure(ErrorCode("AUDIT_TREE_DAMAGED", .pending), "the stored tree head of size \(size) does not fit its size")
        }
    }
}
